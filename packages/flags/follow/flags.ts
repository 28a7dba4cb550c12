import { Reason } from "@orrery/schema/settings/v1";
import type { FlagType } from "@orrery/schema/settings/v1";
import type { Context } from "../context.ts";
import { evaluate, type Outcome } from "../evaluate.ts";
import { type FlagSet, NO_FLAGS } from "../flag-set.ts";

/** Flags as this process knows them. */
export interface Flags {
  readonly set: FlagSet;
  /** They were loaded once, from the service or from a file. */
  readonly ready: boolean;
  /** Nothing was heard of the service for a minute: values stand, but may be old. */
  readonly stale: boolean;
  /** What a flag comes to. Not for a world's own logic, which goes by what it was told. */
  evaluate(key: string, context: Context, type?: FlagType): Outcome | NotReady;
  /** Told after each change. @returns how to end that */
  onChange(listener: () => void): () => void;
}

export interface NotReady {
  readonly variant: "";
  readonly value: undefined;
  readonly reason: Reason;
  readonly errorCode: "PROVIDER_NOT_READY";
}

export const NOT_READY: NotReady = {
  variant: "",
  value: undefined,
  reason: Reason.ERROR,
  errorCode: "PROVIDER_NOT_READY",
};

export const STALE_MS = 60_000;

/** What keeps a `Flags` current. */
export interface KnownFlags {
  readonly flags: Flags;
  /** The service answered with this; now. */
  take(set: FlagSet): void;
  /** The service answered, whatever it said. */
  heard(): void;
}

/** @param seen told of each evaluation that came to a variant */
export function knownFlags(
  now: () => number,
  seen: (key: string, outcome: Outcome) => void = () => {},
): KnownFlags {
  const listeners = new Set<() => void>();
  let set: FlagSet = NO_FLAGS;
  let ready = false;
  let heardMs = now();
  const stale = () => now() - heardMs > STALE_MS;
  return {
    flags: {
      get set() {
        return set;
      },
      get ready() {
        return ready;
      },
      get stale() {
        return ready && stale();
      },
      evaluate(key, context, type) {
        if (!ready) return NOT_READY;
        const outcome = evaluate(set, key, context, type);
        if (outcome.errorCode !== undefined) return outcome;
        const told = stale() ? { ...outcome, reason: Reason.STALE } : outcome;
        seen(key, told);
        return told;
      },
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    take(next) {
      set = next;
      ready = true;
      for (const listener of listeners) listener();
    },
    heard: () => void (heardMs = now()),
  };
}
