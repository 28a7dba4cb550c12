import { OrreryError } from "@orrery/wire";
import { busErrors } from "./errors.ts";
import type { DeadLetterReason } from "./transport.ts";

/** Delays grow from `firstDelayMs` by `factor` to at most `maxDelayMs`. */
export interface Backoff {
  readonly firstDelayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
}

/**
 * Two stages. First some attempts in this process, inside the lease, while the event's key waits. Then rounds
 * with longer pauses, each again with as many attempts: an unordered subscription parks the failed events at
 * the broker, an ordered one holds the key. After the last round the event becomes a dead letter.
 */
export interface RetryPlan {
  readonly inProcess: Backoff & {
    /** Handler runs per round, the first included; 1..20. */
    readonly attempts: number;
  };
  readonly atBroker: Backoff & {
    /** Rounds after the first; 0..50. */
    readonly rounds: number;
  };
  /** Each delay is lengthened by up to this share, never shortened; 0..1. */
  readonly jitter: number;
}

export interface RetryOptions {
  readonly inProcess?: Partial<RetryPlan["inProcess"]>;
  readonly atBroker?: Partial<RetryPlan["atBroker"]>;
  readonly jitter?: number;
}

/** 3 attempts within half a second, then 4 rounds over two minutes: 15 attempts in all. */
export const defaultRetryPlan: RetryPlan = {
  inProcess: { attempts: 3, firstDelayMs: 100, factor: 3, maxDelayMs: 5_000 },
  atBroker: { rounds: 4, firstDelayMs: 2_000, factor: 4, maxDelayMs: 300_000 },
  jitter: 0.1,
};

/** Fills in what is not given and checks ranges; `longestDelayMs` is the transport's. */
export function retryPlan(options: RetryOptions = {}, longestDelayMs = Infinity): RetryPlan {
  const plan: RetryPlan = {
    inProcess: { ...defaultRetryPlan.inProcess, ...options.inProcess },
    atBroker: { ...defaultRetryPlan.atBroker, ...options.atBroker },
    jitter: options.jitter ?? defaultRetryPlan.jitter,
  };
  const refuse = (given: string) => {
    throw new OrreryError(busErrors.BUS_BAD_OPTION, { given });
  };
  const { inProcess, atBroker, jitter } = plan;
  if (!Number.isInteger(inProcess.attempts) || inProcess.attempts < 1 || inProcess.attempts > 20) {
    refuse(`retry.inProcess.attempts ${inProcess.attempts}, range 1..20`);
  }
  if (!Number.isInteger(atBroker.rounds) || atBroker.rounds < 0 || atBroker.rounds > 50) {
    refuse(`retry.atBroker.rounds ${atBroker.rounds}, range 0..50`);
  }
  if (!(jitter >= 0 && jitter <= 1)) refuse(`retry.jitter ${jitter}, range 0..1`);
  for (const [stage, backoff] of [
    ["inProcess", inProcess],
    ["atBroker", atBroker],
  ] as const) {
    if (!(backoff.firstDelayMs >= 0 && backoff.factor >= 1 && backoff.maxDelayMs >= backoff.firstDelayMs)) {
      refuse(`retry.${stage}: firstDelayMs >= 0, factor >= 1, maxDelayMs >= firstDelayMs`);
    }
  }
  const longest = atBroker.maxDelayMs * (1 + jitter);
  if (atBroker.rounds > 0 && longest > longestDelayMs) {
    throw new OrreryError(busErrors.BUS_FEATURE_MISSING, {
      given: `retry.atBroker.maxDelayMs with jitter is ${longest} ms, the transport delays at most ${longestDelayMs}`,
    });
  }
  return plan;
}

/** Attempts in all: rounds times attempts per round. */
export function maxAttempts(plan: RetryPlan): number {
  return plan.inProcess.attempts * (1 + plan.atBroker.rounds);
}

/** The pause after the `n`th failure of a stage (from 1), ms, without jitter. */
export function backoffMs(backoff: Backoff, n: number): number {
  return Math.min(backoff.firstDelayMs * backoff.factor ** (n - 1), backoff.maxDelayMs);
}

/** Lengthens by up to `jitter`; `random` is in 0..1. */
export function withJitter(ms: number, jitter: number, random: () => number): number {
  return jitter === 0 ? ms : ms * (1 + jitter * random());
}

/** A handler throws this when trying again is pointless: the event becomes a dead letter at once. */
export class RejectEvent extends Error {
  override readonly name = "RejectEvent";
}

/** A handler of whole frames throws this to fail one event; the call must have had no effect. */
export class EventFailed extends Error {
  override readonly name = "EventFailed";
  /** `event.index` of the one that failed. */
  readonly index: number;
  override readonly cause: unknown;

  constructor(index: number, cause: unknown) {
    super(`event ${index} of the frame failed: ${messageOf(cause)}`);
    this.index = index;
    this.cause = cause;
  }
}

/**
 * A handler of whole frames throws this when it took some events and not others: each that failed is tried again, or
 * given up, by itself.
 */
export class EventsFailed extends Error {
  override readonly name = "EventsFailed";
  /** Why, by `event.index`. */
  readonly failures: ReadonlyMap<number, unknown>;
  /** Left alone in this call, because they wait for one that failed. What is in neither of both is done. */
  readonly untried: ReadonlySet<number>;

  constructor(failures: ReadonlyMap<number, unknown>, untried: ReadonlySet<number> = new Set()) {
    super(`${failures.size} events of the frame failed: ${messageOf(failures.values().next().value)}`);
    this.failures = failures;
    this.untried = untried;
  }
}

/**
 * A handler throws this for an event that it knows was given up before, at this generation: the process ended before
 * its frame was settled. The event is not tried again; its dead letter is made sure of.
 */
export class GivenUpBefore extends Error {
  override readonly name = "GivenUpBefore";
  readonly reason: DeadLetterReason;
  readonly code: string;

  constructor(reason: DeadLetterReason, code: string, message: string) {
    super(message);
    this.reason = reason;
    this.code = code;
  }
}

/**
 * Whether the error makes a dead letter at once, and why. Coded errors that are not retryable do; unknown
 * errors are tried again.
 */
export function finalReason(error: unknown): DeadLetterReason | undefined {
  if (error instanceof RejectEvent) return "REJECTED";
  if (error instanceof GivenUpBefore) return error.reason;
  if (!(error instanceof OrreryError) || error.retryable) return undefined;
  if (error.code === "WIRE_UNKNOWN_TYPE") return "UNKNOWN_TYPE";
  return error.code.startsWith("WIRE_") ? "UNDECODABLE" : "REJECTED";
}

/** Whether an event that failed with this is tried again, as long as its plan lasts. */
export const isTriedAgain = (error: unknown): boolean => finalReason(error) === undefined;

export function codeOf(error: unknown): string {
  return error instanceof OrreryError || error instanceof GivenUpBefore ? error.code : "UNCODED";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
