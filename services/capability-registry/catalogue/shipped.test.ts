import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Category } from "@orrery/schema/capability/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readShipped } from "./shipped.ts";

const SHIPPED = join(import.meta.dirname, "shipped");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-catalogue-"));
  cpSync(SHIPPED, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Changes one line of a file. @returns its number */
function edit(file: string, from: string, to: string): number {
  const path = join(folder, file);
  const lines = readFileSync(path, "utf8").split("\n");
  const at = lines.findIndex((line) => line.includes(from));
  lines[at] = (lines[at] as string).replace(from, to);
  writeFileSync(path, lines.join("\n"));
  return at + 1;
}

describe("the catalogue that comes with the code", () => {
  it("has 23 features for Unreal, 12 for the web and 4 for terminals, which are all text", () => {
    const { features } = readShipped();
    const on = (engine: string) =>
      [...features.values()].filter(({ availability }) =>
        availability.some(({ engineId }) => engineId === engine),
      );
    expect([on("unreal-engine").length, on("web").length, on("terminal").length]).toEqual([23, 12, 4]);
    expect(new Set(on("terminal").map(({ category }) => category))).toEqual(new Set([Category.UI]));
    expect([...features.keys()]).toEqual(
      expect.arrayContaining(["nanite_virtualized_geometry", "path_tracer", "metasound", "ik_retargeter"]),
    );
  });

  it("has keywords for tags that some feature has, or a text would be understood for nothing", () => {
    const { features, keywords } = readShipped();
    const tags = new Set([...features.values()].flatMap((feature) => feature.tags.map(({ name }) => name)));
    for (const tag of new Set(keywords.values())) expect(tags).toContain(tag);
  });

  it.each([
    ["audio.yaml", "category: audio", "category: noise"],
    ["audio.yaml", "min: 0", "min: 5"],
    ["rendering.yaml", "since: 5.0.0", "since: five"],
    ["rendering.yaml", "least: medium", "least: most"],
    ["rendering.yaml", "fallbacks: [lumen_global_illumination]", "fallbacks: [lumen]"],
    ["rendering.yaml", "    unreal-engine:", "    godot:"],
    ["rendering.yaml", "landscape: 0.9", "landscape: 9"],
    ["rendering.yaml", "key: megalights", "key: path_tracer"],
    ["rendering.yaml", "  title: Path tracer", "  titel: Path tracer"],
    ["rendering.yaml", "tags: {landscape", "tags: {{landscape"],
    ["simulation.yaml", "fallbacks: [control_rig]", "fallbacks: [cloth_simulation]"],
    ["engines.yaml", "default: 5.6.1", "default: 5.6.2"],
    ["engines.yaml", "version: 5.0.3", "version: 5.0"],
    ["keywords.yaml", "rainy", "storm"],
  ])("is refused with file and line: %s, %s → %s", (file, from, to) => {
    const line = edit(file, from, to);
    const found = /([a-z]+\.yaml):(\d+): /.exec(messageOf(() => readShipped(folder)));
    expect(found?.[1]).toBe(file);
    expect(Math.abs(Number(found?.[2]) - line)).toBeLessThanOrEqual(1);
  });
});

function messageOf(act: () => unknown): string {
  try {
    act();
    return "";
  } catch (error) {
    return String(error);
  }
}
