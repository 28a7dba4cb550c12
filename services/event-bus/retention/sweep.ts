import { setImmediate as nextTurn } from "node:timers/promises";
import type { Kit } from "@orrery/service";
import { type Frame, openFrame } from "@orrery/wire";
import type { Kysely } from "kysely";
import { indexFrame } from "../journal/index-frame.ts";
import type { Journal } from "../journal/part.ts";
import { type FrameRow, type JournalTables, MENTION } from "../journal/tables.ts";
import { type Fate, fateOf } from "./expired.ts";
import { type Hold, holdOf } from "./hold.ts";
import { countLatest } from "./latest.ts";
import type { Rules } from "./rules.ts";

export interface Swept {
  readonly frames: number;
  readonly events: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface SweepTerms {
  readonly rules: Rules;
  /** Packed files of which every frame is kept for good, and how many: they are not read again while these are there. */
  readonly settled: Map<number, number>;
  readonly early: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** A packed file is written anew when this part of it is dead. */
const DEAD_SHARE = 0.25;
const ROWS_A_STATEMENT = 400;
/** So many frames are read and opened, then others have their turn. */
const FRAMES_A_TURN = 64;

/** Takes out frames that have outlived their retention, file by file, and packs the files that are closed. */
export async function sweep(
  kit: Kit,
  db: Kysely<JournalTables>,
  journal: Journal,
  { rules, settled, early, dryRun, signal }: SweepTerms,
): Promise<Swept> {
  const { names, segments } = journal;
  const nowMs = kit.clock.now();
  const bytesBefore = segments.bytes;
  const pins = await db.selectFrom("pin").selectAll().execute();
  const holds = new Map<number, Hold>();
  const superseded = await countLatest(db, rules, names, segments);
  const counts = { frames: 0, events: 0 };
  let opened = 0;

  async function hold(world: number): Promise<Hold> {
    const known = holds.get(world) ?? (await holdOf(journal, names.text(world), { rules, nowMs, early }));
    holds.set(world, known);
    return known;
  }

  /** @returns the frame too when it was looked into */
  async function look(row: FrameRow): Promise<{ readonly fate: Fate; readonly frame?: Frame }> {
    const { ordinal, nowGs } = await hold(row.world);
    if (row.last >= ordinal) return { fate: "yet" };
    const world = names.text(row.world);
    const isPinned = pins.some(
      (pin) => pin.world === world && pin.from_ordinal <= row.last && pin.to_ordinal >= row.first,
    );
    if (isPinned) return { fate: "yet" };
    if (++opened % FRAMES_A_TURN === 0) await nextTurn();
    const frame = openFrame(segments.read(row));
    return {
      fate: fateOf(frame, row, { rules, nowMs, nowGs, early, superseded: superseded(row.world) }),
      frame,
    };
  }

  async function isSettled(segment: number): Promise<boolean> {
    const known = settled.get(segment);
    if (known === undefined) return false;
    const { count } = await db
      .selectFrom("frame")
      .select(({ fn }) => fn.countAll().as("count"))
      .where("segment", "=", segment)
      .executeTakeFirstOrThrow();
    return Number(count) === known;
  }

  for (const segment of segments.closed()) {
    if (signal.aborted) break;
    if (await isSettled(segment)) continue;
    const rows = await db
      .selectFrom("frame")
      .selectAll()
      .where("segment", "=", segment)
      .orderBy("place")
      .execute();
    const kept: FrameRow[] = [];
    const doomed: { row: FrameRow; frame: Frame }[] = [];
    let isForever = segment < 0;
    for (const row of rows) {
      const { fate, frame } = await look(row);
      isForever &&= fate === "forever";
      if (fate === "gone" && frame !== undefined) doomed.push({ row, frame });
      else kept.push(row);
    }
    if (isForever) settled.set(segment, rows.length);
    counts.frames += doomed.length;
    counts.events += doomed.reduce((sum, { row }) => sum + row.last - row.first + 1, 0);
    if (dryRun) continue;
    const liveBytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    const repack = segment > 0 || liveBytes < segments.sizeOf(segment) * (1 - DEAD_SHARE);
    if (!repack && doomed.length === 0) continue;
    const places =
      repack && kept.length > 0 ? await segments.pack(kept.map((row) => segments.read(row))) : [];
    await db.transaction().execute(async (tx) => {
      for (const { row, frame } of doomed) await forget(tx, row, frame);
      for (const [at, place] of places.entries()) {
        const { world, last } = kept[at] as FrameRow;
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
