import { createHmac } from "node:crypto";
import { type Cursor, ClientMessage } from "@orrery/schema/router/v1";
import { encodeBytes, type InitOf } from "@orrery/wire";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { WORLD } from "./protocol.ts";

/** 0..most-1. */
export const pick = (random: RandomGenerator, most: number) => (random.next() >>> 0) % most;

type Message = InitOf<typeof ClientMessage>["message"];

/** One of each thing that a client can say, well formed. */
export function sayings(token: string): Uint8Array[] {
  const subscriptions = [{ id: "a", regionIds: ["region:mill-vale"], types: ["weather.*"] }];
  const cursor: InitOf<typeof Cursor> = {
    worldId: WORLD,
    marks: [{ publisher: "p", lane: 2, sequence: 9 }],
    timeMs: 1,
  };
  const messages: Message[] = [
    { case: "hello", value: { token, deviceId: "d", worldId: WORLD, versions: [1], subscriptions, cursor } },
    { case: "subscribe", value: { id: "b", regionIds: ["region:sedgefen"], entityIds: ["npc:a"] } },
    { case: "unsubscribe", value: { id: "b" } },
    {
      case: "call",
      value: { id: 1, method: "time.v1.TimeService/GetClock", request: new Uint8Array([10, 1, 97]) },
    },
    { case: "cancel", value: { id: 1 } },
    { case: "reauth", value: { token } },
    { case: "bye", value: { reason: 1 } },
  ];
  return messages.map((message) => encodeBytes(ClientMessage, { message }));
}

/** The same bytes with damage: flipped, cut off, doubled, filled, or something else altogether. */
export function damaged(bytes: Uint8Array, random: RandomGenerator): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = pick(random, copy.length);
  switch (pick(random, 6)) {
    case 0:
      copy[at] = (copy[at] as number) ^ (1 << pick(random, 8));
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Uint8Array.from([...copy, ...copy.subarray(at)]);
    case 3:
      return copy.fill(0xff, at, at + 10);
    case 4:
      return Uint8Array.from([...copy.subarray(0, at), pick(random, 256), ...copy.subarray(at)]);
    default:
      return Uint8Array.from({ length: pick(random, 400) }, () => pick(random, 256));
  }
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as somebody would bend it who wants in. */
export function bentToken(token: string, random: RandomGenerator): string {
  const [head = "", body = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const now = Math.floor(Date.now() / 1000);
  switch (pick(random, 8)) {
    case 0:
      return `${base64url({ alg: "none" })}.${body}.`;
    case 1: {
      const signed = `${base64url({ alg: "HS256" })}.${body}`;
      const mac = createHmac("sha256", head).update(signed).digest("base64url");
      return `${signed}.${mac}`;
    }
    case 2:
      return `${head}.${base64url({ ...claims, role: "admin" })}.${signature}`;
    case 3:
      return `${head}.${base64url({ ...claims, sub: `player:${pick(random, 1e6)}` })}.${signature}`;
    case 4:
      return `${head}.${base64url({ ...claims, exp: now + pick(random, 1e6) })}.${signature}`;
    case 5:
      return token.slice(0, pick(random, token.length - 1));
    case 6:
      return `${head}.${body}.${Buffer.from(damagedSignature(signature, random)).toString("base64url")}`;
    default: {
      const at = pick(random, head.length + body.length);
      return `${token.slice(0, at)}${String.fromCharCode(33 + pick(random, 90))}${token.slice(at)}`;
    }
  }
}

function damagedSignature(signature: string, random: RandomGenerator): Uint8Array {
  const bytes = Buffer.from(signature, "base64url");
  const at = pick(random, bytes.length);
  bytes[at] = (bytes[at] as number) ^ (1 << pick(random, 8));
  return bytes;
}
