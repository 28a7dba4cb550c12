import type { Clock } from "./clock.ts";
import type { Log, Observe } from "./observe.ts";
import type { Outcome } from "./outcome.ts";
import type { Seen } from "./seen.ts";
import type { ResolvedOptions } from "./subscription-options.ts";
import type { Work } from "./work.ts";

/** Runs handlers over leased frames: one event at a time, or a frame at a time. */
export interface Handling {
  /** Handlers running now. */
  readonly running: number;
  readonly paused: boolean;
  accept(works: readonly Work[]): void;
  pause(): void;
  resume(): void;
  /** No handler starts from here on. */
  stop(): void;
  /** Resolves when no handler runs and no dead letter is on its way. */
  idle(): Promise<void>;
  /** After `stop`: events that wait out a pause are set aside with what is left of it. */
  setWaitingAside(work: Work): void;
  /** Indexes of wanted events that are neither handled nor set aside. */
  unhandled(work: Work): Set<number>;
  /** Events that failed and wait to be tried again. */
  troubles(): readonly Failed[];
  /** These leases are gone: forgets what has not started of them. */
  lost(works: readonly Work[]): void;
}

/** An event that failed in its last run. */
export interface Failed {
  readonly work: Work;
  readonly index: number;
  readonly error: unknown;
}

export interface HandlingTerms {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: Observe;
  /** 0..1, for jitter. */
  readonly random: () => number;
  readonly seen: Seen;
  readonly outcome: Outcome;
  /** Every event of the frame is finished or set aside, or its lease is lost and nothing of it runs. */
  readonly done: (work: Work) => void;
}
