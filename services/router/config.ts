import { z } from "zod";

const list = (text: string) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const rate = (standard: number) => z.coerce.number().min(0.1).max(1_000_000).default(standard);
const count = (standard: number) => z.coerce.number().int().min(1).max(100_000).default(standard);

export const config = z.object({
  /** Browser origins that may connect besides the console's own; comma separated. */
  origins: z.string().default("").transform(list),
  /** Names under which the world is reached from outside, without port; comma separated. Loopback ones always count. */
  hosts: z.string().default("").transform(list),
  /** Addresses or networks of proxies that tell the caller's in X-Forwarded-For; comma separated, `loopback` for this machine. */
  trustedProxies: z.string().default("").transform(list),
  /** `on`: issue guest and admin tokens here. Never with NODE_ENV=production. */
  developmentIssuer: z.enum(["on", "off"]).default("on"),
  /** Issuer whose tokens are trusted besides the development issuer. */
  issuer: z.string().default(""),
  /** Where that issuer's keys are. */
  jwksUrl: z.string().default(""),
  audience: z.string().default("orrery"),
  /** Batches a second of a client of whom nothing else is said. */
  clientEventHz: z.coerce.number().min(1).max(60).default(20),
  /** Calls of a player by all doors and devices together; twice as many at once. Of an admin ten times as many. */
  callsPerS: rate(10),
  /** Messages of a socket; twice as many at once. */
  messagesPerS: rate(30),
  /** Subscriptions that a socket makes or moves; twice as many at once. */
  changesPerS: rate(5),
  /** KiB that a socket sends; twice as many at once. */
  inboundKibPerS: rate(64),
  /** Sockets that one address outside this machine opens. */
  connectsAnAddressPerMin: rate(20),
  /** Sockets that a player outside this machine opens. */
  connectsAPlayerPerMin: rate(6),
  /** Calls from one address without a token that holds; ten times as many at once. */
  strangersPerS: rate(20),
  /** What one address sends to `/hooks`; twice as many at once. */
  hooksPerS: rate(100),
  /** Calls of a player that run at once. */
  callsAtOnce: count(64),
  /** Of these streams. */
  streamsAtOnce: count(32),
  /** Folder of the console's files; empty: none is served. */
  consoleFolder: z.string().default(""),
});

export type RouterConfig = z.output<typeof config>;
