import { Layer, Preset, Thermal } from "@orrery/schema/performance/v1";
import { cheaper, type Key, KEYS, type Values, valuesBy } from "../matrix/fields.ts";
import { PRESETS, presetWord } from "../matrix/matrix.ts";
import type { Resolved, Said, Situation } from "./situation.ts";

/** Where a profile that says nothing begins. */
const STANDARD = Preset.MEDIUM;

/** What the GPU pays for: a device that grows hot gives these up first. */
export const GPU_KEYS: readonly Key[] = [
  "gi",
  "giQuality",
  "shadowQuality",
  "postQuality",
  "fogDensity",
  "shadowLights",
  "shadowMapPx",
  "internalScale",
  "internalScaleMin",
  "upscaler",
];
const OF_GPU: ReadonlySet<Key> = new Set(GPU_KEYS);

/** The preset that holds before any cap. */
export function basePreset({ isAuto, preset, benchmark, auto }: Situation): Preset {
  if (isAuto) return auto.preset ?? benchmark ?? preset ?? STANDARD;
  return preset ?? STANDARD;
}

/** What a preset's fields are to the controller: its cell, and nothing dearer than what it turned down. */
export function autoValue(situation: Situation, key: Key): number {
  const own = situation.matrix.cell(situation.mode, basePreset(situation))[key];
  const cap = situation.auto.caps.get(key);
  return cap === undefined ? own : cheaper(key, own, cap);
}

/** What a client is to show: nothing but these inputs decides it. */
export function resolve(situation: Situation): Resolved {
  const values = valuesBy((key) => winnerOf(layersOf(situation, key)).value);
  const preset = situation.strain.thermal === Thermal.CRITICAL ? Preset.LOW : basePreset(situation);
  return { mode: situation.mode, preset, isAuto: situation.isAuto, values };
}

/** The layer that holds: the one that nobody above it displaced. */
export const winnerOf = (said: readonly Said[]): Said => said.find(({ lost }) => lost === "") as Said;

/** Every layer that says something of a field, low to high: exactly one of them holds. */
export function layersOf(situation: Situation, key: Key): readonly Said[] {
  const said = ownLayers(situation, key);
  if (key !== "internalScaleMin") return said;
  // The least that the client may go to is never above the most.
  const most = winnerOf(ownLayers(situation, "internalScale"));
  const least = winnerOf(said);
  if (least.value <= most.value) return said;
  const sinks = { layer: most.layer, value: most.value, lost: "" };
  return [...said.map((one) => (one === least ? { ...one, lost: "above internal_scale" } : one)), sinks];
}

function ownLayers(situation: Situation, key: Key): readonly Said[] {
  const { matrix, mode, isAuto, benchmark, preset, auto, overrides, strain, policy, locks } = situation;
  const said: Said[] = [];
  let held: Said | undefined;
  const hold = (layer: Layer, value: number, why: string) => {
    if (held !== undefined) said[said.indexOf(held)] = { ...held, lost: why };
    held = { layer, value, lost: "" };
    said.push(held);
  };
  const cap = (layer: Layer, value: number, why: string, bound: number) => {
    if (held !== undefined && held.value === bound)
      said.push({ layer, value, lost: "it is no more than that" });
    else hold(layer, bound, why);
  };
  const now = () => (held as unknown as Said).value;

  hold(Layer.MATRIX, matrix.cell(mode, preset ?? STANDARD)[key], "");
  if (isAuto && benchmark !== undefined)
    hold(
      Layer.BENCHMARK,
      matrix.cell(mode, benchmark)[key],
      `the benchmark begins at ${presetWord(benchmark)}`,
    );
  const pinned = overrides.get(key) ?? (key === "targetFps" ? situation.targetFps : undefined);
  const chooses = isAuto && (auto.preset !== undefined || auto.caps.has(key));
  if (chooses && pinned === undefined && !locks.has(key))
    hold(Layer.AUTO, autoValue(situation, key), "the controller chose otherwise");
  if (pinned !== undefined) hold(Layer.USER, pinned, "the user pinned it");
  const hot = thermalValue(situation, key);
  if (hot !== undefined) cap(Layer.THERMAL, hot, "the device is hot", cheaper(key, now(), hot));
  if (strain.onBattery && key === "targetFps")
    cap(Layer.BATTERY, situation.batteryFps, "it runs on battery", Math.min(now(), situation.batteryFps));
  const allowed = policy.get(key);
  if (allowed !== undefined)
    cap(Layer.POLICY, allowed, "the content policy forbids more", Math.min(now(), allowed));
  const locked = locks.get(key);
  if (locked !== undefined) cap(Layer.LOCK, locked, "a rule of the operators", Math.min(now(), locked));
  return said;
}

/** What a hot device may show of a field at most; undefined: it is not hot, or that is not what heats it. */
function thermalValue(situation: Situation, key: Key): number | undefined {
  const { matrix, mode, strain } = situation;
  if (key === "targetFps") return undefined;
  if (strain.thermal === Thermal.CRITICAL) return matrix.cell(mode, Preset.LOW)[key];
  if (strain.thermal !== Thermal.SERIOUS || !OF_GPU.has(key)) return undefined;
  const base = basePreset(situation);
  return matrix.cell(mode, PRESETS.findLast((preset) => preset < base) ?? Preset.LOW)[key];
}

export function sameResolved(one: Resolved, other: Resolved): boolean {
  return (
    one.mode === other.mode &&
    one.preset === other.preset &&
    one.isAuto === other.isAuto &&
    KEYS.every((key) => one.values[key] === other.values[key])
  );
}

export const differing = (one: Values, other: Values): readonly Key[] =>
  KEYS.filter((key) => one[key] !== other[key]);
