import type { Kit } from "@orrery/service";
import { type Frame, openFrame } from "@orrery/wire";
import type { Kysely } from "kysely";
import { indexFrame } from "../journal/index-frame.ts";
import type { Journal } from "../journal/part.ts";
import { type FrameRow, type JournalTables, MENTION } from "../journal/tables.ts";
import { DAY_MS, isExpired } from "./expired.ts";
import { floorOf } from "./floor.ts";
import { countLatest } from "./latest.ts";

export interface Swept {
  readonly frames: number;
  readonly events: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface SweepTerms {
  readonly early: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** Replay reaches back as far as the shortest retention of a lane. */
const SHORTEST_MS = 7 * DAY_MS;
/** A packed file is written anew when this part of it is dead. */
const DEAD_SHARE = 0.25;
const ROWS_A_STATEMENT = 400;

/** Takes out frames that have outlived their retention, file by file, and packs the files that are closed. */
export async function sweep(
  kit: Kit,
  db: Kysely<JournalTables>,
  { keeper, reader, forks, names, segments }: Journal,
  { early, dryRun, signal }: SweepTerms,
): Promise<Swept> {
  const nowMs = kit.clock.now();
  const bytesBefore = segments.bytes;
  const pins = await db.selectFrom("pin").selectAll().execute();
  const floors = new Map<number, number>();
  const superseded = await countLatest(db, names, segments);
  const counts = { frames: 0, events: 0 };

  async function floor(world: number): Promise<number> {
    let known = floors.get(world);
    if (known === undefined) {
      const text = names.text(world);
      const sinceMs = early ? nowMs : nowMs - SHORTEST_MS;
      known = await floorOf(reader, forks, text, keeper.newest(text), sinceMs);
      floors.set(world, known);
    }
    return known;
  }

  async function isDoomed(row: FrameRow, frame: Frame): Promise<boolean> {
    if (row.last >= (await floor(row.world))) return false;
    const world = names.text(row.world);
    const pinned = pins.some(
      (pin) => pin.world === world && pin.from_ordinal <= row.last && pin.to_ordinal >= row.first,
    );
    return !pinned && isExpired(frame, row.skip, { nowMs, early, superseded: superseded(row.world) });
  }

  for (const segment of segments.closed()) {
    if (signal.aborted) break;
    const rows = await db
      .selectFrom("frame")
      .selectAll()
      .where("segment", "=", segment)
      .orderBy("place")
      .execute();
    const kept: { row: FrameRow; bytes: Uint8Array }[] = [];
    const doomed: { row: FrameRow; frame: Frame }[] = [];
    for (const row of rows) {
      const bytes = segments.read(row);
      const frame = openFrame(bytes);
      if (await isDoomed(row, frame)) doomed.push({ row, frame });
      else kept.push({ row, bytes });
    }
    counts.frames += doomed.length;
    counts.events += doomed.reduce((sum, { row }) => sum + row.last - row.first + 1, 0);
    if (dryRun) continue;
    const liveBytes = kept.reduce((sum, { row }) => sum + row.bytes, 0);
    const repack = segment > 0 || liveBytes < segments.sizeOf(segment) * (1 - DEAD_SHARE);
    if (!repack && doomed.length === 0) continue;
    const places = repack && kept.length > 0 ? await segments.pack(kept.map(({ bytes }) => bytes)) : [];
    await db.transaction().execute(async (tx) => {
      for (const { row, frame } of doomed) await forget(tx, row, frame);
      for (const [at, place] of places.entries()) {
        const { world, last } = (kept[at] as (typeof kept)[number]).row;
        await tx
          .updateTable("frame")
          .set({ ...place })
          .where("world", "=", world)
          .where("last", "=", last)
          .execute();
      }
    });
    if (repack) await segments.remove(segment);
  }

  /** Takes a frame out of the index; what led to it is known from the frame itself. */
  async function forget(tx: Kysely<JournalTables>, row: FrameRow, frame: Frame): Promise<void> {
    const { world, last } = row;
    const { types, keys, entities, sealed, causes } = indexFrame(frame, row.skip);
    await tx.deleteFrom("frame").where("world", "=", world).where("last", "=", last).execute();
    for (const [kind, texts] of [
      [MENTION.type, types],
      [MENTION.key, keys],
      [MENTION.entity, entities],
      [MENTION.sealed, sealed],
    ] as const) {
      const ids = [...texts].map((text) => names.known(text) ?? -1);
      for (let at = 0; at < ids.length; at += ROWS_A_STATEMENT)
        await tx
          .deleteFrom("mention")
          .where("world", "=", world)
          .where("kind", "=", kind)
          .where("frame", "=", last)
          .where("name", "in", ids.slice(at, at + ROWS_A_STATEMENT))
          .execute();
    }
    for (const cause of causes) {
      const [by = "", sequence = "0"] = cause.split("\n");
      await tx
        .deleteFrom("cause")
        .where("world", "=", world)
        .where("publisher", "=", names.known(by) ?? -1)
        .where("sequence", "=", Number(sequence))
        .where("frame", "=", last)
        .execute();
    }
  }

  return { ...counts, bytesBefore, bytesAfter: segments.bytes };
}
