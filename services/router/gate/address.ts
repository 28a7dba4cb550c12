import type { IncomingMessage } from "node:http";
import proxyAddr from "@fastify/proxy-addr";

/** Who asks, by address: the socket's, or behind proxies that are trusted the one they tell. */
export type AddressOf = (request: IncomingMessage) => string;

/** @param trusted addresses, networks, or `loopback` @throws TypeError when one is neither */
export function addressesBehind(trusted: readonly string[]): AddressOf {
  const trust = proxyAddr.compile([...trusted]);
  return (request) => proxyAddr(request, trust) ?? "";
}

/** On one machine everybody has the same address: it tells nobody apart. */
export function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}
