import {
  type EvaluationContext,
  FlagNotFoundError,
  GeneralError,
  type JsonValue,
  type Provider,
  ProviderNotReadyError,
  type ResolutionDetails,
  TypeMismatchError,
} from "@openfeature/server-sdk";
import { FlagType, Reason, type Value } from "@orrery/schema/settings/v1";
import { type Context, contextOf, type Plain } from "../context.ts";
import type { Flags } from "../follow/flags.ts";

const REASONS = new Map<number, string>(Object.entries(Reason).map(([name, of]) => [of as number, name]));

/** An OpenFeature provider that evaluates where it is, without a call. */
export function flagProvider(flags: Pick<Flags, "evaluate">): Provider {
  async function resolve<T>(
    key: string,
    type: FlagType,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    const { variant, value, reason, errorCode } = flags.evaluate(key, contextIn(context), type);
    switch (errorCode) {
      case undefined:
        return { value: plain(value) as T, variant, reason: REASONS.get(reason) ?? "UNKNOWN" };
      case "FLAG_NOT_FOUND":
        throw new FlagNotFoundError(key);
      case "TYPE_MISMATCH":
        throw new TypeMismatchError(key);
      case "PROVIDER_NOT_READY":
        throw new ProviderNotReadyError(key);
      default:
        throw new GeneralError(key);
    }
  }
  return {
    metadata: { name: "orrery" },
    runsOn: "server",
    resolveBooleanEvaluation: (key, _default, context) => resolve(key, FlagType.BOOLEAN, context),
    resolveStringEvaluation: (key, _default, context) => resolve(key, FlagType.STRING, context),
    resolveNumberEvaluation: (key, _default, context) => resolve(key, FlagType.NUMBER, context),
    resolveObjectEvaluation: <T extends JsonValue>(key: string, _default: T, context: EvaluationContext) =>
      resolve<T>(key, FlagType.OBJECT, context),
  };
}

/** Attributes that can be compared: what is nested or absent is left out. */
function contextIn({ targetingKey, ...rest }: EvaluationContext): Context {
  const plains = Object.entries(rest).flatMap(([name, value]): [string, Plain][] =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? [[name, value]]
      : value instanceof Date
        ? [[name, value.getTime()]]
        : [],
  );
  return contextOf(targetingKey, new Map(plains));
}

function plain(value: Value | undefined): unknown {
  const kind = value?.kind;
  return kind?.case === "jsonValue" ? JSON.parse(kind.value) : kind?.value;
}
