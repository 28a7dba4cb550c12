import type { Call } from "@orrery/service";
import { sql } from "kysely";
import { keeping } from "./retention/part.ts";
import { journal } from "./journal/part.ts";
import { type JournalTables, MENTION } from "./journal/tables.ts";

/** What the journal holds, by world. Counts of types are frames' mentions: exact for frames of one type. */
export async function stats(worldId: string, call: Call) {
  const { keeper, names, segments } = call.part(journal);
  const db = call.kit.store.as<JournalTables>();
  const rows = await db
    .selectFrom("frame")
    .select(({ fn }) => [
      "world",
      fn.min("first").as("oldest"),
      fn.max("last").as("newest"),
      fn.sum("bytes").as("bytes"),
      fn.sum(sql<number>`last - first + 1`).as("events"),
    ])
    .groupBy("world")
    .execute();
  const wanted = rows.filter(({ world }) => worldId === "" || names.text(world) === worldId);
  return {
    ...(await call.part(keeping).usage()),
    worlds: await Promise.all(
      wanted.map(async ({ world, oldest, newest, bytes, events }) => {
        const types = await db
          .selectFrom("mention")
          .select(({ fn }) => ["name", fn.countAll().as("count")])
          .where("world", "=", world)
          .where("kind", "=", MENTION.type)
          .groupBy("name")
          .execute();
        return {
          worldId: names.text(world),
          events: Number(events),
          oldestOrdinal: Number(oldest),
          newestOrdinal: Number(newest),
          segmentBytes: Number(bytes),
          indexBytes: Math.max(0, segments.bytes - Number(bytes)),
          types: types.map(({ name, count }) => ({ type: names.text(name), count: Number(count) })),
          gaps: keeper
            .gaps()
            .filter((gap) => gap.world === world)
            .map(({ publisher, from, to }) => ({ publisher: names.text(publisher), from, to })),
        };
      }),
    ),
  };
}
