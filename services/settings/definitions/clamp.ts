import { create } from "@bufbuild/protobuf";
import { type Definition, type Value, ValueSchema } from "@orrery/schema/settings/v1";
import { limits, valueProblem } from "./check-value.ts";

/**
 * A stored value as it can be had now: numbers at the edge of their range or on the nearest step.
 * @returns undefined: nothing of it can be had any more
 */
export function readable(
  definition: Definition,
  value: Value,
): { readonly value: Value; readonly clamped: boolean } | undefined {
  if (valueProblem(definition, value) === undefined) return { value, clamped: false };
  const { kind } = value;
  if (kind.case !== "intValue" && kind.case !== "doubleValue") return undefined;
  const [least, most] = limits(definition);
  const { step, min = 0 } = definition;
  const within = Math.min(most, Math.max(least, kind.value));
  const stepped =
    step === undefined ? within : Math.min(most, min + Math.round((within - min) / step) * step);
  const clamped = create(ValueSchema, { kind: { ...kind, value: stepped } });
  return valueProblem(definition, clamped) === undefined ? { value: clamped, clamped: true } : undefined;
}
