import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { semanticVersion } from "@orrery/engine-version";
import type { Engine, Feature } from "@orrery/schema/capability/v1";
import { OrreryError } from "@orrery/wire";
import { z } from "zod";
import { capabilityErrors } from "../errors.ts";
import { featureProblem } from "./check-feature.ts";
import { danglingFallback, fallbackCycle } from "./fallbacks.ts";
import { engineOf, featureOf } from "./from-file.ts";
import { readYaml, type YamlFile } from "./read-yaml.ts";
import { engineShape, featureShape, keywordsShape } from "./shape.ts";
import type { Keywords } from "./understand.ts";

/** The catalogue as it comes with the code. */
export interface Shipped {
  readonly features: ReadonlyMap<string, Feature>;
  readonly engines: ReadonlyMap<string, Engine>;
  readonly keywords: Keywords;
}

const FOLDER = join(import.meta.dirname, "shipped");
const ENGINES = "engines.yaml";
const KEYWORDS = "keywords.yaml";
type Path = readonly (string | number)[];

/** @throws CAPABILITY_CATALOGUE with file and line */
export function readShipped(folder = FOLDER): Shipped {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  const files = names.map((name) => read(folder, name));
  const named = (name: string) => files.find((file) => file.name === name) ?? refuse(`${name} is not there`);
  const engines = readEngines(named(ENGINES));
  const features = new Map<string, Feature>();
  const places = new Map<string, { file: YamlFile; at: number }>();
  for (const file of files.filter(({ name }) => name !== ENGINES && name !== KEYWORDS)) {
    for (const [at, given] of shaped(file, z.array(featureShape)).entries()) {
      const feature = featureOf(given);
      const problem = featureProblem(feature);
      if (problem !== undefined) fail(file, [at, ...inFile(feature, problem.path)], problem.message);
      if (features.has(feature.key)) fail(file, [at, "key"], `${feature.key} is there twice`);
      for (const { engineId } of feature.availability)
        if (!engines.has(engineId)) fail(file, [at, "available", engineId], `there is no engine ${engineId}`);
      features.set(feature.key, feature);
      places.set(feature.key, { file, at });
    }
  }
  for (const feature of features.values()) {
    const { file, at } = places.get(feature.key) as { file: YamlFile; at: number };
    const dangling = danglingFallback(features, feature);
    if (dangling !== undefined)
      fail(file, [at, "fallbacks"], `${dangling} is no feature of an engine of ${feature.key}`);
    const cycle = fallbackCycle(features, feature.key);
    if (cycle !== undefined) fail(file, [at, "fallbacks"], `the fallbacks do not end: ${cycle.join(" → ")}`);
  }
  return { features, engines, keywords: readKeywords(named(KEYWORDS)) };
}

function readEngines(file: YamlFile): ReadonlyMap<string, Engine> {
  const engines = new Map<string, Engine>();
  for (const [at, given] of shaped(file, z.array(engineShape)).entries()) {
    for (const [place, { version }] of given.versions.entries())
      if (semanticVersion(version) !== version)
        fail(file, [at, "versions", place, "version"], `${version} is no version`);
    if (!given.versions.some(({ version }) => version === given.default))
      fail(file, [at, "default"], `${given.default} is none of its versions`);
    if (engines.has(given.id)) fail(file, [at, "id"], `${given.id} is there twice`);
    engines.set(given.id, engineOf(given));
  }
  return engines;
}

function readKeywords(file: YamlFile): Keywords {
  const keywords = new Map<string, string>();
  for (const [tag, words] of Object.entries(shaped(file, keywordsShape)))
    for (const [at, word] of words.entries()) {
      if (keywords.has(word)) fail(file, [tag, at], `${word} stands for ${keywords.get(word)} already`);
      keywords.set(word, tag);
    }
  return keywords;
}

function read(folder: string, name: string): YamlFile {
  const file = readYaml(name, readFileSync(join(folder, name), "utf8"));
  return typeof file === "string" ? refuse(file) : file;
}

function shaped<S extends z.ZodType>(file: YamlFile, shape: S): z.output<S> {
  const found = shape.safeParse(file.value);
  if (found.success) return found.data;
  const { issues } = found.error;
  // A word that is none tells more than that the right one is missing.
  for (const issue of issues)
    if (issue.code === "unrecognized_keys")
      return fail(
        file,
        [...(issue.path as Path), issue.keys[0] ?? ""],
        `there is no ${issue.keys.join(", ")}`,
      );
  const path = (issues[0]?.path ?? []) as Path;
  return fail(file, path, `${path.join(".")}: ${issues[0]?.message}`);
}

/** The names of a file for the names of a message. */
function inFile({ availability }: Feature, path: Path): Path {
  const [first, at, ...rest] = path;
  if (first === "docsUrl") return ["docs"];
  if (first === "tags") return ["tags"];
  if (first !== "availability" || typeof at !== "number") return path;
  const engine = availability[at]?.engineId ?? "";
  const [within, ...further] = rest;
  const inside: Path =
    within === "leastPreset"
      ? ["least"]
      : within === "costs"
        ? ["cost"]
        : within === "experimentalUntil"
          ? ["experimental_until"]
          : rest[0] === "ranges" && further[1] === "introduced"
            ? ["since"]
            : rest;
  return ["available", engine, ...inside];
}

const fail = (file: YamlFile, path: Path, message: string): never =>
  refuse(`${file.name}:${file.lineOf(path)}: ${message}`);

function refuse(given: string): never {
  throw new OrreryError(capabilityErrors.CAPABILITY_CATALOGUE, { given });
}
