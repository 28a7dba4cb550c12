import { FeatureChange } from "@orrery/schema/engine/v1";
import { expect, it } from "vitest";
import { readWatched } from "../subjects/read.ts";
import { splitNotes } from "./split.ts";
import { featureReader, understand } from "./understand.ts";

const shipped = readWatched("").subjects.get("unreal-engine");
const featureOf = featureReader(shipped?.features ?? {});
const read = (notes: string) =>
  splitNotes(notes).map((line) => {
    const { change, featureKey, confidence } = understand(line, featureOf);
    return `${line.line} ${change} ${featureKey || "-"} ${confidence}`;
  });

it("splits notes by headings and items, as Markdown or as HTML, and leaves code alone", () => {
  const notes = [
    "# Rendering",
    "Much is new.",
    "* **Nanite** [foliage](https://x.example)",
    "1. two",
    "```",
    "- no",
    "```",
  ];
  expect(splitNotes(notes.join("\r\n"))).toEqual([
    {
      line: 3,
      text: "Nanite foliage",
      raw: "* **Nanite** [foliage](https://x.example)",
      heading: "Rendering",
    },
    { line: 4, text: "two", raw: "1. two", heading: "Rendering" },
  ]);
  const html = "<h2>Audio</h2><ul><li>MetaSound &amp; <b>more</b></li></ul>";
  expect(splitNotes(html).map(({ text, heading }) => `${heading}: ${text}`)).toEqual([
    "Audio: MetaSound & more",
  ]);
  expect(splitNotes("")).toEqual([]);
});

it("reads verbs as changes and words as features, half of the certainty each", () => {
  const [{ INTRODUCED, ENHANCED, DEPRECATED, REMOVED, UNSPECIFIED }] = [FeatureChange];
  const lines = [
    "- Adds Nanite for foliage",
    "- Lumen is 20 % faster",
    "- Deprecates Chaos cloth",
    "- Removes the deprecated Niagara modules",
    "- A bug in StateTree",
    "- Introduces lanterns",
    "- Good luck",
  ];
  expect(read(lines.join("\n"))).toEqual([
    `1 ${INTRODUCED} nanite_virtualized_geometry 1`,
    `2 ${ENHANCED} lumen_global_illumination 1`,
    `3 ${DEPRECATED} chaos_physics 1`,
    `4 ${REMOVED} niagara_particles 1`,
    `5 ${UNSPECIFIED} state_trees 0.5`,
    `6 ${INTRODUCED} - 0.5`,
    `7 ${UNSPECIFIED} - 0`,
  ]);
});

it("takes whole words, the longest first, and a heading where the item does not say it", () => {
  expect(read("- Adds nanites")).toEqual([`1 ${FeatureChange.INTRODUCED} - 0.5`]);
  expect(read("# New in Lumen\n- clearer reflections")).toEqual([
    `2 ${FeatureChange.INTRODUCED} lumen_global_illumination 1`,
  ]);
  const reader = featureReader({ mass: ["mass"], mass_ai: ["mass ai"], odd: ["c++ (new)"] });
  expect([reader("Mass AI crowds"), reader("mass"), reader("in C++ (new)")]).toEqual([
    "mass_ai",
    "mass",
    "odd",
  ]);
});

it("what is watched by default is read without a mistake", () => {
  expect(shipped?.sources.map(({ kind }) => kind)).toEqual(["file", "github-tags", "push"]);
});
