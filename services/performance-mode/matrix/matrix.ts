import { Mode, Preset } from "@orrery/schema/performance/v1";
import { OrreryError } from "@orrery/wire";
import { performanceErrors } from "../errors.ts";
import { compareCost, type Key, RULES, type Rule, type Values, wrongValue } from "./fields.ts";

export const MODES = [Mode.IMMERSIVE, Mode.COMPETITIVE] as const;
export const PRESETS = [Preset.LOW, Preset.MEDIUM, Preset.HIGH, Preset.ULTRA] as const;
const MODE_WORDS = new Map<Mode, string>([
  [Mode.IMMERSIVE, "immersive"],
  [Mode.COMPETITIVE, "competitive"],
]);
const PRESET_WORDS = ["low", "medium", "high", "ultra"];

/** Frames a second that a mode is meant for. */
export const TARGETS: ReadonlyMap<Mode, { readonly least: number; readonly most: number }> = new Map([
  [Mode.IMMERSIVE, { least: 30, most: 120 }],
  [Mode.COMPETITIVE, { least: 144, most: 500 }],
]);

export const modeWord = (mode: Mode): string => MODE_WORDS.get(mode) ?? "unspecified";
export const presetWord = (preset: Preset): string => PRESET_WORDS[preset - Preset.LOW] ?? "auto";

/** Every field of every pair of mode and preset. */
export interface Matrix {
  readonly version: number;
  cell(mode: Mode, preset: Preset): Values;
}

function incomplete(given: string): never {
  throw new OrreryError(performanceErrors.PERF_MATRIX_INCOMPLETE, { given });
}

const isRecord = (of: unknown): of is Readonly<Record<string, unknown>> =>
  typeof of === "object" && of !== null && !Array.isArray(of);

/**
 * Reads the matrix. Every field of every pair is there, in its range, and costs no less from low to ultra.
 * @throws PERF_MATRIX_INCOMPLETE with the cell
 */
export function matrixFrom(data: unknown, file: string): Matrix {
  if (!isRecord(data) || !Number.isInteger(data["version"]) || Number(data["version"]) < 1)
    incomplete(`${file}: no version`);
  const cells = new Map<string, Values>();
  for (const mode of MODES) {
    const rows = data[modeWord(mode)];
    if (!isRecord(rows)) incomplete(`${file}: no ${modeWord(mode)}`);
    const unknown = Object.keys(rows).find((field) => !RULES.some((rule) => rule.field === field));
    if (unknown !== undefined) incomplete(`${file}: ${modeWord(mode)} has no field ${unknown}`);
    const columns = new Map(
      RULES.map((rule) => [rule.key, columnsOf(rule, rows, `${file}: ${modeWord(mode)}`)]),
    );
    PRESETS.forEach((preset, at) => {
      const values = Object.fromEntries([...columns].map(([key, row]) => [key, row[at]]));
      cells.set(`${mode} ${preset}`, Object.freeze(values) as Record<Key, number>);
    });
    for (const { internalScale, internalScaleMin } of PRESETS.map(
      (preset) => cells.get(`${mode} ${preset}`) as Values,
    ))
      if (internalScaleMin > internalScale)
        incomplete(
          `${file}: ${modeWord(mode)}: internal_scale_min ${internalScaleMin} above ${internalScale}`,
        );
  }
  return {
    version: Number(data["version"]),
    cell: (mode, preset) => cells.get(`${mode} ${preset}`) ?? incomplete(`no cell ${mode} ${preset}`),
  };
}

function columnsOf(rule: Rule, rows: Readonly<Record<string, unknown>>, where: string): readonly number[] {
  const { field, names } = rule;
  const row = Object.hasOwn(rows, field) ? rows[field] : undefined;
  if (!Array.isArray(row) || row.length > PRESETS.length)
    incomplete(`${where} ${field}: four values, low to ultra`);
  const read = PRESETS.map((preset, at) => {
    const given: unknown = row[at];
    const named = typeof given === "string" && names !== undefined && Object.hasOwn(names, given);
    const value = named ? names[given] : names === undefined ? given : undefined;
    if (typeof value !== "number") incomplete(`${where} ${presetWord(preset)} ${field} is not there`);
    const wrong = wrongValue(rule, value);
    if (wrong !== undefined) incomplete(`${where} ${presetWord(preset)}: ${wrong}`);
    return value;
  });
  read.forEach((value, at) => {
    const before = read[at - 1];
    if (before !== undefined && compareCost(rule.key, before, value) > 0)
      incomplete(
        `${where} ${field}: ${presetWord(PRESETS[at] as Preset)} costs less than the preset below it`,
      );
  });
  return read;
}
