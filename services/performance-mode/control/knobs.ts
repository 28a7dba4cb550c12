import { Lane, type Preset } from "@orrery/schema/performance/v1";
import { cheaper, compareCost, type Key } from "../matrix/fields.ts";
import { PRESETS } from "../matrix/matrix.ts";
import { autoValue, basePreset } from "../resolve/resolve.ts";
import type { AutoState, Situation } from "../resolve/situation.ts";

/** Something that the controller turns, by one level at a time. */
export interface Knob {
  readonly name: string;
  readonly lanes: readonly Lane[];
  readonly keys: readonly Key[];
  /** What a level of it costs whoever looks, against the others. */
  readonly loss: number;
}

export const PRESET = "preset";
const SCALE_STEP = 0.1;

/** In each lane in the order in which they are tried before anything is learned. The rate of events is not among them. */
export const KNOBS: readonly Knob[] = [
  { name: "gpu.internal_scale", lanes: [Lane.GPU], keys: ["internalScale"], loss: 1 },
  {
    name: "gpu.shadows",
    lanes: [Lane.GPU],
    keys: ["shadowQuality", "shadowLights", "shadowMapPx"],
    loss: 1,
  },
  { name: "gpu.gi", lanes: [Lane.GPU], keys: ["gi", "giQuality"], loss: 1.5 },
  { name: "gpu.fog", lanes: [Lane.GPU], keys: ["fogDensity"], loss: 0.5 },
  { name: "gpu.post", lanes: [Lane.GPU], keys: ["postQuality"], loss: 0.6 },
  { name: "render.geometry", lanes: [Lane.RENDER], keys: ["geometryPxPerEdge"], loss: 0.8 },
  { name: "game.npc_full_cap", lanes: [Lane.GAME], keys: ["npcFullCap"], loss: 1.2 },
  { name: "detail", lanes: [Lane.RENDER, Lane.GAME], keys: ["detailDensity", "narrativeDensity"], loss: 1 },
  { name: "render.lod", lanes: [Lane.RENDER], keys: ["lodBias"], loss: 0.7 },
];
/** Of a whole preset. */
export const PRESET_LOSS = 5;
export const lossOf = (name: string): number => KNOBS.find((knob) => knob.name === name)?.loss ?? PRESET_LOSS;

const below = (base: Preset) => PRESETS.filter((preset) => preset < base);
const isFree = ({ overrides, locks }: Situation, key: Key) => !overrides.has(key) && !locks.has(key);

function withCaps(auto: AutoState, capped: Iterable<readonly [Key, number | undefined]>): AutoState {
  const caps = new Map(auto.caps);
  for (const [key, value] of capped) {
    // Always at the end: what was turned last goes up first.
    caps.delete(key);
    if (value !== undefined) caps.set(key, value);
  }
  return { ...auto, caps };
}

/** One level down. Undefined: it is as low as it goes, or the user or the operators hold it. */
export function turnDown(name: string, situation: Situation): AutoState | undefined {
  if (name === PRESET) return presetDown(situation);
  const keys = KNOBS.find((knob) => knob.name === name)?.keys.filter((key) => isFree(situation, key)) ?? [];
  if (keys.length === 0) return undefined;
  if (name === "gpu.internal_scale") return scaleDown(situation);
  const { matrix, mode, auto } = situation;
  for (const preset of below(basePreset(situation)).toReversed()) {
    const cell = matrix.cell(mode, preset);
    const lower = keys.filter((key) => compareCost(key, cell[key], autoValue(situation, key)) < 0);
    if (lower.length > 0)
      return withCaps(
        auto,
        lower.map((key) => [key, cell[key]] as const),
      );
  }
  return undefined;
}

function scaleDown(situation: Situation): AutoState | undefined {
  const { matrix, mode, auto } = situation;
  const least = matrix.cell(mode, basePreset(situation)).internalScaleMin;
  const now = autoValue(situation, "internalScale");
  const next = Math.max(least, Math.round((now - SCALE_STEP) * 100) / 100);
  return next < now ? withCaps(auto, [["internalScale", next]]) : undefined;
}

function presetDown(situation: Situation): AutoState | undefined {
  const { matrix, mode, auto } = situation;
  const base = basePreset(situation);
  const lower = below(base).at(-1);
  if (lower === undefined) return undefined;
  const to = matrix.cell(mode, lower);
  const changes = (Object.keys(to) as Key[]).some(
    (key) =>
      isFree(situation, key) &&
      cheaper(key, to[key], autoValue(situation, key)) !== autoValue(situation, key),
  );
  return changes ? { ...auto, preset: lower } : undefined;
}

/** One level up: of what was turned down last, else of the preset. Undefined: nothing is left to raise. */
export function turnUp(
  situation: Situation,
): { readonly knob: string; readonly auto: AutoState } | undefined {
  const { matrix, mode, auto } = situation;
  const base = basePreset(situation);
  for (const key of [...auto.caps.keys()].reverse()) {
    const knob = KNOBS.find(({ keys }) => keys.includes(key));
    if (knob === undefined || !knob.keys.some((one) => isFree(situation, one))) continue;
    const capped = knob.keys.filter((one) => auto.caps.has(one));
    if (knob.name === "gpu.internal_scale") {
      const most = matrix.cell(mode, base).internalScale;
      const next = Math.min(most, Math.round((autoValue(situation, key) + SCALE_STEP) * 100) / 100);
      return { knob: knob.name, auto: withCaps(auto, [[key, next === most ? undefined : next]]) };
    }
    for (const preset of below(base)) {
      const cell = matrix.cell(mode, preset);
      if (capped.every((one) => compareCost(one, cell[one], autoValue(situation, one)) <= 0)) continue;
      return {
        knob: knob.name,
        auto: withCaps(
          auto,
          capped.map((one) => [one, cell[one]] as const),
        ),
      };
    }
    return {
      knob: knob.name,
      auto: withCaps(
        auto,
        capped.map((one) => [one, undefined] as const),
      ),
    };
  }
  const next = PRESETS.find((preset) => preset > base);
  return next === undefined ? undefined : { knob: PRESET, auto: { ...auto, preset: next } };
}

/** Levels that a knob is below where the preset has it. */
export function turned(name: string, situation: Situation): number {
  const keys = KNOBS.find((knob) => knob.name === name)?.keys ?? [];
  const cell = situation.matrix.cell(situation.mode, basePreset(situation));
  if (name === "gpu.internal_scale")
    return Math.ceil((cell.internalScale - autoValue(situation, "internalScale")) / SCALE_STEP - 1e-9);
  return keys.some((key) => autoValue(situation, key) !== cell[key]) ? 1 : 0;
}
