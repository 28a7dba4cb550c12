import { randomBytes } from "node:crypto";
import type { Held, KeySource } from "./key-ring.ts";

/** Keys as event-bus would hand them out, kept in memory. */
export function testKeys(validMs = 60_000) {
  const keys = new Map<string, Held>();
  const asked: number[] = [];
  const make = (worldId: string, subject: string): Held => {
    const known = [...keys.values()].find((one) => one.worldId === worldId && one.subject === subject);
    const held = known ?? { id: randomBytes(16).toString("hex"), worldId, subject, key: randomBytes(32) };
    keys.set(held.id, held);
    return held;
  };
  const source: KeySource = async ({ worldId, subjects, keyIds }) => {
    asked.push(subjects.length + keyIds.length);
    const known = keyIds.map((id) => keys.get(id)).filter((held) => held !== undefined);
    return { keys: [...subjects.map((subject) => make(worldId, subject)), ...known], validMs };
  };
  return {
    source,
    /** How many keys each question was for. */
    asked,
    erase(subject: string) {
      for (const held of keys.values())
        if (held.subject === subject) keys.set(held.id, { ...held, key: undefined });
    },
    lose: () => keys.clear(),
  };
}
