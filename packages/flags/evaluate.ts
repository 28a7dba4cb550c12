import { type Flag, FlagType, Reason, type Rule, type Value } from "@orrery/schema/settings/v1";
import { BUCKETS, bucketOf } from "./bucket.ts";
import type { Context } from "./context.ts";
import type { FlagSet } from "./flag-set.ts";
import { holds } from "./predicate.ts";
import { variantAt } from "./ranges.ts";
import type { Trace } from "./trace.ts";

/** What a flag comes to for somebody. */
export interface Outcome {
  /** Empty: an error, the caller's default stands. */
  readonly variant: string;
  readonly value: Value | undefined;
  readonly reason: Reason;
  /** Of OpenFeature; undefined: none. */
  readonly errorCode?: "FLAG_NOT_FOUND" | "TYPE_MISMATCH" | "GENERAL";
}

const failed = (errorCode: NonNullable<Outcome["errorCode"]>): Outcome => ({
  variant: "",
  value: undefined,
  reason: Reason.ERROR,
  errorCode,
});

/** What keeps a flag from being a prerequisite that holds, whichever variant it came to. */
const UNSETTLED: ReadonlySet<Reason> = new Set([
  Reason.ERROR,
  Reason.DISABLED,
  Reason.PREREQUISITE_FAILED,
  Reason.TARGETING_KEY_MISSING,
]);

/** Within one evaluation: flags that are being evaluated, and those that were. Most flags need no others. */
interface Going {
  readonly set: FlagSet;
  readonly context: Context;
  path?: Set<string>;
  done?: Map<string, Outcome>;
}

/**
 * Evaluates a flag: a pure function of the set and the context, and the same in every process.
 * @param type what the caller can use; undefined: any
 */
export function evaluate(
  set: FlagSet,
  key: string,
  context: Context,
  type?: FlagType,
  trace?: Trace,
): Outcome {
  const flag = set.flags.get(key);
  if (flag === undefined) return failed("FLAG_NOT_FOUND");
  if (type !== undefined && type !== flag.type) return failed("TYPE_MISMATCH");
  return evaluateIn({ set, context }, flag, trace);
}

function evaluateIn(going: Going, flag: Flag, trace: Trace | undefined): Outcome {
  const { set, context } = going;
  if (flag.archived || !flag.enabled) return served(flag, flag.offVariant, Reason.DISABLED);
  if (flag.prerequisites.length > 0 && !prerequisitesHold(going, flag, trace))
    return served(flag, flag.offVariant, Reason.PREREQUISITE_FAILED);
  const watching = trace && ((...node: Parameters<Trace["node"]>) => trace.node(...node));
  for (const rule of flag.rules) {
    const held = holds(rule.when, context, set.segments, watching);
    trace?.rule(rule, held);
    if (held) return serve(flag, rule, context, trace);
  }
  const reason = flag.rules.length === 0 ? Reason.STATIC : Reason.DEFAULT;
  return served(flag, flag.defaultVariant, reason);
}

function serve(flag: Flag, rule: Rule, { targetingKey }: Context, trace: Trace | undefined): Outcome {
  const own = rule.serve?.serve;
  if (own?.case === "variant") return served(flag, own.value, Reason.TARGETING_MATCH);
  if (own?.case !== "split") return served(flag, flag.offVariant, Reason.ERROR);
  const whole = own.value.shares.find(({ weight }) => weight === BUCKETS);
  // Who gets all needs nobody's name.
  if (whole !== undefined) return served(flag, whole.variant, Reason.SPLIT);
  if (targetingKey === "") return served(flag, flag.offVariant, Reason.TARGETING_KEY_MISSING);
  const bucket = bucketOf(flag.salt, flag.key, targetingKey);
  trace?.bucket(bucket, own.value);
  return served(flag, variantAt(own.value.shares, bucket) ?? flag.offVariant, Reason.SPLIT);
}

/**
 * Each must be known, on, and come to its variant. A flag that is met again on the way to itself fails; one that is met on two
 * ways is evaluated once.
 */
function prerequisitesHold(going: Going, flag: Flag, trace: Trace | undefined): boolean {
  const { set } = going;
  const path = (going.path ??= new Set());
  const done = (going.done ??= new Map());
  path.add(flag.key);
  const hold = flag.prerequisites.every(({ flag: key, variant }) => {
    const needed = set.flags.get(key);
    let outcome = done.get(key);
    if (outcome === undefined && needed !== undefined && !path.has(key)) {
      outcome = evaluateIn(going, needed, undefined);
      done.set(key, outcome);
    }
    const held = outcome !== undefined && outcome.variant === variant && !UNSETTLED.has(outcome.reason);
    trace?.prerequisite(key, variant, held, needed === undefined ? "unknown" : outcome?.variant);
    return held;
  });
  path.delete(flag.key);
  return hold;
}

function served(flag: Flag, variant: string, reason: Reason): Outcome {
  for (const { name, value } of flag.variants) if (name === variant) return { variant, value, reason };
  return failed("GENERAL");
}
