import type { FrameHead } from "@orrery/wire";

/** Domain of frames whose types share none. */
const MIXED = "mixed";
const PLAIN = /^[A-Za-z0-9_-]+$/;

/** Any text as one token of a subject, a stream's or a consumer's name: what is not plain becomes `=hex`. */
export function token(text: string): string {
  if (PLAIN.test(text)) return text;
  if (text === "") return "=";
  let out = "";
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte);
    out += PLAIN.test(char) ? char : `=${byte.toString(16).padStart(2, "0")}`;
  }
  return out;
}

/** `weather.v1.Changed` is of the domain `weather`. */
const domainOfType = (type: string) => type.slice(0, type.indexOf(".") < 0 ? undefined : type.indexOf("."));

export function domainOf(types: readonly string[]): string {
  const domain = domainOfType(types[0] ?? "");
  return domain !== "" && types.every((type) => domainOfType(type) === domain) ? domain : MIXED;
}

/** Names of everything that one deployment keeps at the server. */
export type Names = ReturnType<typeof createNames>;

/** `prefix` sets deployments on one server apart. Every stream's name begins with it, every subject too. */
export function createNames(prefix: string) {
  const dead = (subscription: string) => `${prefix}.dead.${token(subscription)}`;
  return {
    prefix,
    worlds: `${prefix}.world.>`,
    worldStream: (world: string) => `${prefix}-world-${token(world)}`,
    worldSubjects: (world: string) => `${prefix}.world.${token(world)}.>`,
    retries: `${prefix}-retry`,
    letters: `${prefix}-dead`,
    records: `${prefix}-record`,
    /** Told on core NATS when a world's stream was made. */
    newWorld: `${prefix}.news.world`,
    /** Told on core NATS when an ordered subscription has no active member. */
    vacant: (subscription: string) => `${prefix}.news.vacant.${token(subscription)}`,
    /** Where a frame goes: world, lane, domain, publisher. */
    frame: (head: FrameHead) =>
      `${prefix}.world.${token(head.world)}.${head.lane}.${token(domainOf(head.types))}.${token(head.publisher)}`,
    retry: (subscription: string) => `${prefix}.retry.${token(subscription)}`,
    /** All that the stream of dead letters holds. */
    deadSubjects: [`${prefix}.dead.>`, `${prefix}.dead-more.>`],
    deadOf: (subscription: string) => `${dead(subscription)}.>`,
    /** One subject per event and generation: the server itself keeps each once. */
    deadEntry: (subscription: string, entryId: string) => `${dead(subscription)}.${entryId}`,
    /** What a letter continues with that is more than one message takes, from 1. */
    deadPiece: (entry: string, at: number) =>
      `${prefix}.dead-more${entry.slice(`${prefix}.dead`.length)}.${at}`,
    deadPieces: (entry: string) => `${prefix}.dead-more${entry.slice(`${prefix}.dead`.length)}.>`,
    deadPiecesOf: (subscription: string) => `${prefix}.dead-more.${token(subscription)}.>`,
    /** Who uses these streams. */
    deployment: `${prefix}.record.deployment`,
    record: (kind: "subscription" | "position" | "seen", subscription: string) =>
      `${prefix}.record.${kind}.${token(subscription)}`,
    recordsOf: (kind: "subscription") => `${prefix}.record.${kind}.>`,
    /** Durable consumers are called like their subscription. */
    consumer: (subscription: string) => token(subscription),
    /** Subjects of a world's stream that may hold these types; they never overlap. */
    filters(stream: string, types: readonly string[]): string[] {
      const world = stream.slice(`${prefix}-world-`.length);
      const of = (domain: string) => `${prefix}.world.${world}.*.${domain}.>`;
      const domains = new Set<string>();
      for (const type of types) {
        if (!type.includes(".")) return [`${prefix}.world.${world}.>`];
        domains.add(token(domainOfType(type)));
      }
      return [...domains.add(MIXED)].map(of);
    },
  };
}
