import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readWatched } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-engine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const read = (text: string) => {
  const file = join(folder, "engines.yaml");
  writeFileSync(file, text);
  return readWatched(file);
};
const engine = "- id: engine\n  title: Engine\n  kind: engine\n";

it.each([
  ["a word that is none", `${engine}  curent: 5.6.1\n`, /engines\.yaml:1: .*curent/],
  ["a version that is none", `${engine}  current: soon\n`, /engines\.yaml:4: soon is no version/],
  [
    "a pattern without a group",
    `${engine}  tags:\n    - {pattern: '^v.*$'}\n`,
    /engines\.yaml:5: tags\.0\.pattern|group named major/,
  ],
  [
    "a range that is none",
    `${engine}  ignore:\n    - {range: 'soon', why: x}\n`,
    /engines\.yaml:5: soon is no range/,
  ],
  [
    "an interval that is too short",
    `${engine}  sources:\n    - {id: a, kind: npm, url: 'https://x.example', interval_s: 60}\n`,
    /:5: .*interval_s/,
  ],
  [
    "a source twice",
    `${engine}  sources:\n    - {id: a, kind: push}\n    - {id: a, kind: push}\n`,
    /:6: a is there twice/,
  ],
  ["a name of objects", engine.replace("engine", "__proto__"), /engines\.yaml:1: .*id/],
  ["broken YAML", "- id: [", /engines\.yaml:1: /],
])("refuses %s, with file and line", (_what, text, words) => {
  expect(() => read(text)).toThrow(/ENGINE_SUBJECTS/);
  expect(() => read(text)).toThrow(words);
});

it("refuses a file that is not there, and reads one without anything", () => {
  expect(() => readWatched(join(folder, "nowhere.yaml"))).toThrow(/ENGINE_SUBJECTS.*cannot be read/);
  expect(read("[]").subjects.size).toBe(0);
});
