import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Mode, Preset } from "@orrery/schema/performance/v1";
import { errorCodeOf } from "@orrery/service";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { SHIPPED } from "../testing/shipped.ts";
import { compareCost, KEYS, RULES, wrongValue } from "./fields.ts";
import { matrixFrom, MODES, modeWord, PRESETS, presetWord } from "./matrix.ts";

type Rows = Record<string, Record<string, unknown[]>>;
const file = join(import.meta.dirname, "..", "data", "matrix.yaml");
const fresh = () => parse(readFileSync(file, "utf8")) as Rows;
const codeOf = (data: unknown) => {
  try {
    matrixFrom(data, "m.yaml");
    return "";
  } catch (error) {
    return `${errorCodeOf(error)} ${String(error)}`;
  }
};
const fields = RULES.map(({ field }) => field);
const cell = fc.record({
  mode: fc.constantFrom(...MODES.map(modeWord)),
  field: fc.constantFrom(...fields),
  column: fc.nat({ max: 3 }),
});

describe("the matrix", () => {
  it("has every field of every pair, in range, and costs no less from low to ultra", () => {
    for (const mode of MODES)
      for (const key of KEYS) {
        const row = PRESETS.map((preset) => SHIPPED.matrix.cell(mode, preset)[key]);
        for (const value of row)
          expect(wrongValue(RULES.find((rule) => rule.key === key)!, value)).toBeUndefined();
        for (const [at, value] of row.slice(1).entries())
          expect(compareCost(key, row[at]!, value), `${mode} ${key}`).toBeLessThanOrEqual(0);
      }
    const { detailDensity, narrativeDensity, npcFullCap, clientEventHz } = SHIPPED.matrix.cell(
      Mode.IMMERSIVE,
      Preset.HIGH,
    );
    expect([detailDensity, narrativeDensity, npcFullCap, clientEventHz]).toEqual([0.7, 0.7, 80, 15]);
  });

  it("with any one cell removed refuses, and names it", () => {
    fc.assert(
      fc.property(cell, ({ mode, field, column }) => {
        const data = fresh();
        delete data[mode]![field]![column];
        const said = codeOf(data);
        expect(said).toMatch(/^PERF_MATRIX_INCOMPLETE/);
        expect(said).toContain(`${mode} ${presetWord(PRESETS[column]!)} ${field}`);
      }),
    );
  });

  it("refuses fields that are missing, unknown, out of range, or cheaper than the preset below", () => {
    const broken: ((data: Rows) => void)[] = [
      (data) => delete data["competitive"],
      (data) => delete data["immersive"]!["gi"],
      (data) => (data["immersive"]!["__proto__x"] = [1, 1, 1, 1]),
      (data) => (data["immersive"]!["fog_density"] = [0.1, 0.2, 0.3, 1.1]),
      (data) => (data["immersive"]!["culling"] = [0.3, 0.4, 0.5, 0.6]),
      (data) => (data["immersive"]!["gi"] = ["screen", "dynamic", "constructor", "dynamic"]),
      (data) => (data["immersive"]!["shadow_lights"] = [1, 2, 2.5, 3]),
      (data) => (data["immersive"]!["internal_scale_min"] = [0.7, 0.7, 0.7, 0.8]),
      (data) => (data["immersive"]!["audio_voices"] = [32, 48, 64, 96, 128]),
    ];
    for (const breaks of broken) {
      const data = fresh();
      breaks(data);
      expect(codeOf(data), String(breaks)).toMatch(/^PERF_MATRIX_INCOMPLETE/);
    }
    expect(codeOf(undefined)).toMatch(/^PERF_MATRIX_INCOMPLETE/);
    expect(codeOf(fresh())).toBe("");
  });
});
