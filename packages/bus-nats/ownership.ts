import { randomUUID } from "node:crypto";
import type { Clock } from "@orrery/bus";
import type { Records } from "./records.ts";

/** How far an ordered subscription is, and whose it is. Kept at the server, changed only by its owner. */
export interface Position {
  /** Empty: nobody's. */
  readonly owner: string;
  /** By stream's incarnation: everything up to here is settled. */
  readonly floors: Readonly<Record<string, number>>;
  /** By stream and place: attempts of the frames that are handed out, or were handed back. */
  readonly tries: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Owners that died one after the other since the floors last moved. */
  readonly crashes: number;
}

export type Progress = Omit<Position, "owner">;

export interface OwnershipEvents {
  /** This member is the active one now, and begins here. */
  taken(progress: Progress): void;
  /** It is no longer. */
  lost(): void;
  /** What to write down. */
  progress(): Progress;
  /** The active member stands still: it leaves the subscription to others. */
  stuck(): boolean;
}

export interface Ownership {
  /** Whether what was taken still holds, by this process's own clock. */
  readonly holds: boolean;
  /** Something was settled: write it down soon. */
  changed(): void;
  /** Look again at once whether it is free. */
  look(): void;
  /** Writes the last progress and leaves. */
  close(): Promise<void>;
}

/** Progress is written at most this often, ms; a crash repeats no more than that. */
const WRITE_MS = 100;
/** Of who takes over at once. */
const TAKE_TRIES = 5;
const NO_PROGRESS: Progress = { floors: {}, tries: {}, crashes: 0 };

/**
 * One owner at a time, by compare-and-set on one record: its owner writes it at least every third of a lease; who
 * sees the same revision for a whole lease, by a clock of its own, takes over. Clocks need not agree.
 * @param takesOver whoever owns it now is not to go on: it is taken at once, and finds that out with its next write
 */
export async function openOwnership(
  records: Records,
  subject: string,
  clock: Clock,
  leaseMs: number,
  events: OwnershipEvents,
  takesOver = false,
): Promise<Ownership> {
  const self = randomUUID();
  const closing = new AbortController();
  let active = false;
  let revision = 0;
  let validUntilMs = 0;
  let watched = { revision: -1, sinceMs: 0 };
  let dirty = false;
  let remembered: Progress = NO_PROGRESS;
  let pause = new AbortController();

  /**
   * A position that is gone or cannot be read is nobody's and says nothing: who takes over begins where it was itself
   * once, or anew, and passes doubles over.
   */
  async function read(): Promise<{ value: Position | undefined; revision: number }> {
    const kept = await records.read<Partial<Position>>(subject);
    const value = isPosition(kept?.value) ? kept.value : undefined;
    return { value, revision: kept?.revision ?? 0 };
  }

  async function tryTake(atOnce = false): Promise<void> {
    const kept = await read();
    const nowMs = clock.now();
    if (kept.value !== undefined && kept.value.owner !== "" && kept.value.owner !== self) {
      if (kept.revision !== watched.revision) watched = { revision: kept.revision, sinceMs: nowMs };
      if (!atOnce && nowMs - watched.sinceMs <= leaseMs) return;
    }
    const progress = kept.value === undefined ? remembered : fromPredecessor(kept.value);
    const written = await records.write(subject, { ...progress, owner: self }, kept.revision);
    if (written === undefined) return;
    revision = written;
    validUntilMs = nowMs + leaseMs;
    active = true;
    try {
      events.taken(progress);
    } catch (error) {
      // Whoever holds it and does not read keeps it from all others.
      active = false;
      throw error;
    }
  }

  async function write(owner: string): Promise<boolean> {
    const nowMs = clock.now();
    dirty = false;
    const position: Position = { ...events.progress(), owner };
    let written = await records.write(subject, position, revision);
    if (written === undefined) {
      // The answer to an earlier write may have been lost: then the record is still ours. One that is gone, or that
      // somebody made unreadable, is nobody's: this member knows where it is.
      const kept = await read();
      if (kept.value !== undefined && kept.value.owner !== self) return false;
      written = await records.write(subject, position, kept.revision);
      if (written === undefined) return false;
    }
    revision = written;
    remembered = position;
    validUntilMs = nowMs + leaseMs;
    return true;
  }

  function lose(): void {
    active = false;
    watched = { revision: -1, sinceMs: 0 };
    events.lost();
  }

  async function hold(): Promise<void> {
    try {
      if (events.stuck()) {
        await write("");
        lose();
      } else if (!(await write(self))) lose();
    } catch {
      // No server at the moment; the lease may run out meanwhile.
      dirty = true;
      if (clock.now() >= validUntilMs) lose();
    }
  }

  async function rest(ms: number): Promise<void> {
    pause = new AbortController();
    await clock.sleep(ms, AbortSignal.any([pause.signal, closing.signal]));
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      if (active) {
        await rest(dirty ? WRITE_MS : leaseMs / 3);
        // Woken by the first change: gather what follows it.
        if (dirty && !closing.signal.aborted) await rest(WRITE_MS);
        if (!closing.signal.aborted) await hold();
      } else {
        await rest(leaseMs / 4);
        if (!closing.signal.aborted) await tryTake().catch(() => undefined);
      }
    }
  }

  await tryTake(takesOver);
  // The other may have written in between; it finds out with its next write.
  for (let tries = 1; takesOver && !active && tries < TAKE_TRIES; tries++) await tryTake(true);
  const running = run();
  return {
    get holds() {
      return active && clock.now() < validUntilMs;
    },
    changed() {
      if (dirty) return;
      dirty = true;
      pause.abort();
    },
    look: () => pause.abort(),
    async close() {
      closing.abort();
      await running;
      if (active) {
        await write("").catch(() => undefined);
        lose();
      }
    },
  };
}

/** Who did not hand back what it had may have begun with it: that was an attempt. */
function fromPredecessor({ owner, floors, tries, crashes }: Position): Progress {
  if (owner === "") return { floors, tries, crashes };
  const grown: Record<string, Record<string, number>> = {};
  for (const [stream, of] of Object.entries(tries)) {
    grown[stream] = Object.fromEntries(Object.entries(of).map(([place, attempt]) => [place, attempt + 1]));
  }
  return { floors, tries: grown, crashes: crashes + 1 };
}

function isPosition(value: Partial<Position> | undefined): value is Position {
  return (
    typeof value?.owner === "string" &&
    typeof value.floors === "object" &&
    Object.values(value.floors).every(Number.isFinite) &&
    typeof value.tries === "object" &&
    Number.isFinite(value.crashes)
  );
}
