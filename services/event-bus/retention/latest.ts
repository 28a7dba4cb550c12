import { openFrame } from "@orrery/wire";
import type { Kysely } from "kysely";
import type { Names } from "../journal/names.ts";
import type { Segments } from "../journal/segments.ts";
import { type JournalTables, MENTION } from "../journal/tables.ts";
import type { Expiry } from "./expired.ts";
import type { Rules } from "./rules.ts";

/** By world: whether enough newer events of a type and key are there, for types that are kept by their newest. */
export async function countLatest(
  db: Kysely<JournalTables>,
  rules: Rules,
  names: Names,
  segments: Segments,
): Promise<(world: number) => Expiry["superseded"]> {
  /** Those that are still among the newest, by world: everything else of such a type is not. */
  const newest = new Map<number, Set<string>>();
  const nameOf = (publisher: string, sequence: number) => `${publisher}/${sequence}`;
  for (const { type: name, retention } of rules.list()) {
    const type = retention.kind === "latest" ? names.known(name) : undefined;
    if (retention.kind !== "latest" || type === undefined) continue;
    const rows = await db
      .selectFrom("mention")
      .innerJoin("frame", (join) =>
        join.onRef("frame.world", "=", "mention.world").onRef("frame.last", "=", "mention.frame"),
      )
      .selectAll("frame")
      .where("mention.kind", "=", MENTION.type)
      .where("mention.name", "=", type)
      .orderBy("frame.last", "desc")
      .execute();
    const counts = new Map<string, number>();
    for (const row of rows) {
      const frame = openFrame(segments.read(row));
      const own: { key: string; sequence: number }[] = [];
      for (const event = frame.cursor(); event.next(); )
        if (event.type === name) own.push({ key: event.key, sequence: event.sequence });
      const held = newest.get(row.world) ?? new Set<string>();
      newest.set(row.world, held);
      for (const { key, sequence } of own.reverse()) {
        const slot = `${row.world}\n${key}`;
        const count = counts.get(slot) ?? 0;
        counts.set(slot, count + 1);
        if (count < retention.count) held.add(nameOf(frame.publisher, sequence));
      }
    }
  }
  return (world) => (_type, _key, sequence, publisher) =>
    !(newest.get(world)?.has(nameOf(publisher, sequence)) ?? false);
}
