import { create } from "@bufbuild/protobuf";
import {
  Apply,
  type FieldSourceInit,
  type PerformanceConfig,
  type PerformanceConfigInit,
  PerformanceConfigSchema,
} from "@orrery/schema/performance/v1";
import { type Key, KEYS, RULES, ruleOf, type Values, valuesBy } from "../matrix/fields.ts";
import { layersOf, winnerOf } from "./resolve.ts";
import type { Resolved, Situation } from "./situation.ts";

export const configOf = ({ mode, preset, isAuto, values }: Resolved): PerformanceConfigInit => ({
  mode,
  preset,
  auto: isAuto,
  ...(values as PerformanceConfigInit),
});

export function resolvedIn(
  config: PerformanceConfig | PerformanceConfigInit | undefined,
): Resolved | undefined {
  if (config === undefined) return undefined;
  const whole = create(PerformanceConfigSchema, config as PerformanceConfigInit);
  const values: Values = valuesBy((key) => whole[key]);
  return { mode: whole.mode, preset: whole.preset, isAuto: whole.auto, values };
}

/** Why each field is what it is. */
export const sourcesOf = (situation: Situation): FieldSourceInit[] =>
  RULES.map(({ key, field, apply }) => {
    const layers = layersOf(situation, key);
    const { layer: winner, value } = winnerOf(layers);
    return { field, value, winner, layers: layers.map((one) => ({ ...one })), apply };
  });

/** The strictest moment that these fields need. */
export const strictest = (keys: Iterable<Key>): Apply =>
  [...keys].map((key) => ruleOf(key).apply).reduce((most, own) => (own > most ? own : most), Apply.NOW);

export const ALL_KEYS: readonly Key[] = KEYS;
