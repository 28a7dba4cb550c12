import { IntakeBatch, Progress, Told } from "@orrery/schema/simulation/v1";
import type { KitTables } from "@orrery/service";
import { encodeBytes } from "@orrery/wire";
import type { CompiledQuery } from "kysely";
import { adoptedFrame } from "./adopted.ts";
import { beginQuery, intakeQuery, progressQuery } from "./commit-rows.ts";
import { cutDue } from "./cut-due.ts";
import type { Cutter, RunningCut } from "./cutter.ts";
import { intakeFrame, type IntakeSource, type Reserved, reserveIntake } from "./intake.ts";
import type { Keeping } from "./keeping.ts";
import { digestFrames } from "./outgoing.ts";
import { sealCollected } from "./personal.ts";
import type { Collected } from "./shard.ts";
import type { Written } from "./written.ts";

/** What changed of a shard, taken from it in one go. */
export interface Change {
  readonly written: Written;
  readonly collected: Collected;
  readonly seq: number;
  readonly batch: Uint8Array;
  /** Of the frames that it emitted. */
  readonly digest: Uint8Array;
  readonly progress: Uint8Array;
  readonly reserved: Reserved;
  /** Frames behind that of the record. */
  readonly more: readonly Uint8Array[];
  /** Of the state after it; begun with it. */
  readonly cut: RunningCut | undefined;
  readonly redriven: Written["redriven"];
}

/** A change as it is written. */
export interface Row extends Pick<Change, "written" | "seq" | "cut" | "redriven"> {
  readonly queries: readonly CompiledQuery[];
  readonly frames: readonly Uint8Array[];
  readonly recordBytes: number;
}

/** What commits take from shards, and make of it. */
export interface Changes {
  /** Undefined: nothing changed. @throws what cannot be written; what was taken is lost to the shard then */
  take(written: Written): Change | undefined;
  /** With what is personal in it sealed. */
  sealed(change: Change): Promise<Change>;
  row(change: Change): Row;
}

const NOTHING: Collected = { steps: [], frames: [], emitted: [], types: new Map() };

export function createChanges(keeping: Keeping, cutter: Cutter): Changes {
  const { kit, part, handlers, codeVersion } = keeping;
  const db = kit.store.as<KitTables>();

  function batchOf({ steps, emitted, frames }: Collected): Pick<Change, "batch" | "digest"> {
    const digest = digestFrames(frames);
    const told = { codeVersion, emittedDigest: digest, emitted: [...emitted] };
    return { batch: encodeBytes(IntakeBatch, { steps: [...steps], ...told }), digest };
  }

  function queriesOf({ written, seq, batch, progress }: Change): CompiledQuery[] {
    const { facts, began } = written;
    const row = { part, world: facts.world, seq, progress };
    const told = encodeBytes(Told, written.told);
    const isFirst = seq === 1 && began.length > 0;
    return [
      isFirst ? beginQuery(db, { ...row, began, told }) : progressQuery(db, row),
      intakeQuery(db, row, batch),
    ];
  }

  return {
    take(written) {
      const { shard, facts, adopted, redriven } = written;
      const collected = shard.collect() ?? (adopted && NOTHING);
      if (collected === undefined) return undefined;
      const seq = written.intakeSeq + 1;
      const told = batchOf(collected);
      written.tail.bytes += told.batch.length;
      written.inputBytes += told.batch.length;
      const due = cutDue(written, seq, codeVersion);
      const source: IntakeSource = {
        ...facts,
        seq,
        codeVersion,
        timeMs: kit.hostMs(),
        adoptedFrom: adopted?.from ?? "",
        beginsCheckpoint: due === "told",
      };
      const reserved = reserveIntake(shard, source);
      const more = adopted === undefined ? [] : [adoptedFrame(shard, source, adopted)];
      const progress = encodeBytes(Progress, shard.progress);
      const record = due === "told" ? reserved.id : undefined;
      // What a cut takes is taken by it alone: nothing may fail behind it.
      const cut = due && cutter.begin(written, { seq, progress, atGs: shard.atGs, record });
      written.redriven = [];
      written.adopted = undefined;
      return { written, collected, seq, ...told, progress, reserved, more, cut, redriven };
    },
    async sealed(change) {
      const { world } = change.written.facts;
      const collected = await sealCollected(kit.personal, handlers, world, change.collected);
      return { ...change, collected, ...batchOf(collected) };
    },
    row(change) {
      const { written, seq, cut, redriven, collected, digest, reserved, more } = change;
      const record = intakeFrame(reserved, collected, digest);
      return {
        written,
        seq,
        cut,
        redriven,
        queries: queriesOf(change),
        recordBytes: record.length,
        frames: [...collected.frames, record, ...more],
      };
    },
  };
}
