import { Apply, GlobalIllumination, type PerformanceConfig, Upscaler } from "@orrery/schema/performance/v1";

/** Fields that the matrix decides, as messages call them. */
export type Key = Exclude<keyof PerformanceConfig, "$typeName" | "$unknown" | "mode" | "preset" | "auto">;

/** One value a field; of an enum its number. */
export type Values = Readonly<Record<Key, number>>;

export interface Rule {
  readonly key: Key;
  /** As contracts and files write it. */
  readonly field: string;
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  /** It costs more the lower it is. */
  readonly falls: boolean;
  readonly apply: Apply;
  /** Of an enum: its values by name. */
  readonly names?: Readonly<Record<string, number>>;
}

const GI = {
  off: GlobalIllumination.OFF,
  screen: GlobalIllumination.SCREEN,
  dynamic: GlobalIllumination.DYNAMIC,
};
const UPSCALERS = { spatial: Upscaler.SPATIAL, temporal: Upscaler.TEMPORAL, none: Upscaler.NONE };
const { NOW, SAFE_POINT, LOADING } = Apply;

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const rule = (key: Key, least: number, most: number, apply: Apply, more: Partial<Rule> = {}): Rule => ({
  key,
  field: snake(key),
  least,
  most,
  whole: true,
  falls: false,
  apply,
  ...more,
});

const FRACTION = { whole: false };

/** Every field: its range, in which direction it costs more, and when it may change. */
export const RULES: readonly Rule[] = [
  rule("targetFps", 30, 500, NOW, FRACTION),
  rule("gi", 1, 3, SAFE_POINT, { names: GI }),
  rule("giQuality", 0, 3, NOW),
  rule("shadowQuality", 0, 3, NOW),
  rule("postQuality", 0, 3, NOW),
  rule("geometryPxPerEdge", 1, 8, SAFE_POINT, { whole: false, falls: true }),
  rule("fogDensity", 0, 1, NOW, FRACTION),
  rule("shadowLights", 0, 16, SAFE_POINT),
  rule("shadowMapPx", 256, 8_192, LOADING),
  rule("detailDensity", 0, 1, SAFE_POINT, FRACTION),
  rule("narrativeDensity", 0, 1, SAFE_POINT, FRACTION),
  rule("culling", 0, 1, NOW, { whole: false, falls: true }),
  rule("lodBias", 0, 4, SAFE_POINT, { falls: true }),
  rule("internalScale", 0.25, 1, NOW, FRACTION),
  rule("internalScaleMin", 0.25, 1, NOW, FRACTION),
  rule("upscaler", 1, 3, LOADING, { names: UPSCALERS }),
  rule("audioVoices", 8, 256, NOW),
  rule("npcFullCap", 0, 500, NOW),
  rule("clientEventHz", 1, 60, NOW),
  rule("violenceEffects", 0, 4, NOW),
  rule("goreEffects", 0, 4, NOW),
  rule("fearEffects", 0, 4, NOW),
];

export const KEYS: readonly Key[] = RULES.map(({ key }) => key);
const BY_KEY = new Map(RULES.map((one) => [one.key, one]));
const BY_FIELD = new Map(RULES.map((one) => [one.field, one]));

export const ruleOf = (key: Key): Rule => BY_KEY.get(key) as Rule;
/** Of a field as a contract writes it; undefined: there is none. */
export const ruleCalled = (field: string): Rule | undefined => BY_FIELD.get(field);

/** Below 0: the first costs less. */
export const compareCost = (key: Key, one: number, other: number): number =>
  ruleOf(key).falls ? other - one : one - other;
export const cheaper = (key: Key, one: number, other: number): number =>
  compareCost(key, one, other) <= 0 ? one : other;

/** Why a value cannot be a field's; undefined: it can. */
export function wrongValue({ field, least, most, whole }: Rule, value: number): string | undefined {
  if (Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value)))
    return undefined;
  return `${field} ${value}: ${whole ? "a whole number " : ""}from ${least} to ${most}`;
}

/** One value a field. */
export const valuesBy = (of: (key: Key) => number): Values =>
  Object.fromEntries(KEYS.map((key) => [key, of(key)])) as Record<Key, number>;
