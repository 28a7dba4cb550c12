import { Told } from "@orrery/schema/simulation/v1";
import { type Asked, commitTogether, done, type KitTables } from "@orrery/service";
import { within } from "@orrery/bus";
import { encodeBytes, type EventId } from "@orrery/wire";
import type { CompiledQuery } from "kysely";
import { beginQuery } from "./commit-rows.ts";
import { cutQueries, segmentQuery, toldQuery } from "./cut-rows.ts";
import type { Keeping } from "./keeping.ts";
import type { Lease } from "./lease.ts";
import { segmentBytes } from "./segment-bytes.ts";
import { beginCut, type Cut } from "./state/cut.ts";
import { createLedger } from "./state/ledger.ts";
import { sealPages } from "./state/page.ts";
import { encodeSegment } from "./state/segment.ts";
import { tablesOf } from "./state/state.ts";
import { type Moment, tellCheckpoint, tellSegment } from "./telling.ts";
import type { Written } from "./written.ts";

/*
 * How a state is written. A cut begins with a commit, in no time: from then on a page that changes is encoded before. Once
 * the commit stands, the pages that changed since the last cut go into segments, one transaction each, between whatever
 * else happens. A manifest closes it: with that transaction recovery begins at the cut's commit, and what it makes
 * needless goes. Whatever happens before that, the last manifest and the inputs since hold.
 *
 *   begun --go--> writing --all pages out--> (telling, where the journal is to have it) --> closed
 *     |               |
 *     +----drop-------+---> dropped, or failed: the next one writes all of the state
 */

/** A cut that is begun and not closed. */
export interface RunningCut {
  /** Its commit stands: it goes on by itself. */
  go(): Promise<void>;
  /** Nothing more is written of it; what it wrote is of no use. @returns when that is so */
  drop(): Promise<void>;
  /** Settles when it is closed or dropped. */
  readonly ended: Promise<void>;
}

export interface CutAsked extends Omit<Moment, "record"> {
  /** The record of its commit, where the journal is to have a checkpoint of it. */
  readonly record?: EventId | undefined;
}

export interface Cutter {
  /** Begins a cut of what the shard is now. One at a time a shard. */
  begin(written: Written, asked: CutAsked): RunningCut;
  problem(): string | undefined;
}

/** Of a segment, before it is written: what the thread gives in one go. */
const SEGMENT_BYTES = 96 * 1024;
/** A segment that the journal was told of longer ago is told anew: the journal need not go back further than this and a checkpoint. */
const TOLD_GS = 7 * 86_400;
const RETRY_MS = 250;
/** A bus that is away does not keep a cut from being closed: what is told waits in the outbox. */
const SENT_MS = 5_000;

export function createCutter(
  { kit, part, aggregate, codeVersion }: Keeping,
  lease: Lease,
  closing: AbortSignal,
): Cutter {
  const db = kit.store.as<KitTables>();
  const seconds = kit.metrics.histogram(
    "orrery_cut_seconds",
    "Time from the beginning of a cut to its manifest",
    [0.01, 0.05, 0.2, 1, 5, 20, 60],
  );
  const written = kit.metrics.counter("orrery_cut_bytes_total", "Bytes of segments that cuts wrote");
  let failure: string | undefined;

  /** Tries the same transaction until the store takes it. */
  async function commitUntilDone<T>(isDropped: () => boolean, ...asked: readonly Asked<any>[]): Promise<T> {
    for (;;) {
      try {
        const answers = await commitTogether(db, lease.checking, ...asked);
        failure = undefined;
        return answers.at(-1) as T;
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
        const isRefused = (error as { code?: string }).code === "WORLD_COMMIT_REFUSED";
        if (closing.aborted || isRefused || isDropped()) throw error;
        await kit.clock.sleep(RETRY_MS, closing);
      }
    }
  }

  /** One after the other, so that a cut takes no more of the bus than it is given. */
  async function tell(
    isDropped: () => boolean,
    queries: readonly CompiledQuery[],
    frames: readonly Uint8Array[],
  ): Promise<void> {
    const putting = kit.outbox.putting(frames);
    const ids = await commitUntilDone<readonly number[]>(isDropped, done(...queries), putting);
    if (frames.length > 0) await within(kit.clock, SENT_MS, kit.outbox.send(ids, frames), closing);
  }

  function begin(shard: Written, asked: CutAsked): RunningCut {
    const { facts, ledger, told } = shard;
    const { world } = facts;
    const { record } = asked;
    const cut = beginCut(aggregate.state, shard.shard.state, ledger);
    const begunMs = kit.clock.now();
    const tail = { ...shard.tail };
    const { recordBytes, inputBytes } = shard;
    let dropped = false;
    let finish: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => (finish = resolve));
    const isDropped = () => dropped;
    const tellingFacts = () => ({ ...facts, timeMs: kit.hostMs() });
    const toldNow = () => toldQuery(db, part, world, encodeBytes(Told, told));

    async function writeSegments(cut: Cut): Promise<void> {
      for (let pages = cut.next(SEGMENT_BYTES); pages.length > 0; pages = cut.next(SEGMENT_BYTES)) {
        const id = ledger.nextSegment();
        ledger.put(id, pages);
        const sealed = await sealPages(kit.personal, aggregate.state, pages, world);
        const bytes = encodeSegment(aggregate.state, sealed);
        const queries = [segmentQuery(db, { part, world, id, bytes })];
        written(bytes.length);
        if (record === undefined) await commitUntilDone(isDropped, done(...queries));
        else {
          const { frames, as } = tellSegment(told, tellingFacts(), id, bytes, asked.atGs);
          await tell(isDropped, [...queries, toldNow()], frames);
          ledger.told(id, as);
        }
        if (dropped) throw new Dropped();
      }
    }

    /** What earlier cuts wrote and the journal does not have, or not for much longer. */
    async function tellOlder(): Promise<void> {
      for (const { id, world: writer, told: as } of ledger.segments()) {
        if (as !== undefined && !(asked.atGs - as.atGs > TOLD_GS)) continue;
        const bytes = await segmentBytes(kit.store, part, writer || world, id);
        const again = tellSegment(told, tellingFacts(), id, bytes, asked.atGs);
        await tell(isDropped, [toldNow()], again.frames);
        ledger.told(id, again.as);
        if (dropped) throw new Dropped();
      }
    }

    async function close(): Promise<void> {
      const manifest = ledger.manifest(asked.atGs);
      if (record !== undefined) {
        if (Number.isFinite(asked.atGs)) told.day = dayOf(asked.atGs);
        told.codeVersion = codeVersion;
      }
      const frames =
        record === undefined ? [] : [tellCheckpoint(told, tellingFacts(), { ...asked, record }, manifest)];
      const { seq, progress } = asked;
      const row = { part, world, seq, progress };
      const toldBytes = encodeBytes(Told, told);
      // Of a shard that begins with what it inherited: nothing says yet that it is there.
      const first = seq > 0 ? [] : [beginQuery(db, { ...row, began: shard.began, told: toldBytes })];
      const closed = { ...row, manifest, codeVersion };
      await tell(
        isDropped,
        [...first, ...cutQueries(db, closed), toldQuery(db, part, world, toldBytes)],
        frames,
      );
      shard.tail.bytes -= tail.bytes;
      shard.tail.ms -= tail.ms;
      if (record !== undefined) {
        shard.recordBytes -= recordBytes;
        shard.inputBytes -= inputBytes;
      }
      seconds((kit.clock.now() - begunMs) / 1000);
    }

    function end(): void {
      cut.end();
      if (shard.cut === running) shard.cut = undefined;
      finish?.();
    }

    /** It took what changed and did not write it: all of the state is written by the next. */
    function startOver(): void {
      shard.ledger = createLedger(ledger.lastSegment);
      for (const [, table] of tablesOf(aggregate.state, shard.shard.state))
        for (const id of table.ids()) table.touch(id);
    }

    let going: Promise<void> | undefined;
    const running: RunningCut = {
      ended,
      go() {
        going ??= (async () => {
          try {
            await writeSegments(cut);
            if (record !== undefined) await tellOlder();
            await close();
          } catch (error) {
            startOver();
            throw error;
          } finally {
            end();
          }
        })();
        return going;
      },
      async drop() {
        dropped = true;
        if (going === undefined) {
          startOver();
          end();
        }
        await going?.catch(() => undefined);
      },
    };
    shard.cut = running;
    shard.cutWanted = false;
    return running;
  }

  return {
    begin,
    problem: () => (failure === undefined ? undefined : `states are not written: ${failure}`),
  };
}

export const dayOf = (atGs: number) => Math.floor(atGs / 86_400);

/** Nobody wants it any more. */
class Dropped extends Error {}
