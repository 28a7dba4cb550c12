import { comparePrecedence, semanticVersion } from "@orrery/engine-version";
import {
  type Availability,
  Category,
  type Feature,
  FeatureStatus,
  type Parameter,
  ParameterKind,
  Preset,
} from "@orrery/schema/capability/v1";
import { valueProblem } from "./parameters.ts";

/** What is wrong with a feature, and where in it. */
export interface FeatureProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const KEY = /^[a-z0-9_]{1,64}$/;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const MOST = { text: 2_000, tags: 64, parameters: 64, fallbacks: 16, engines: 16, ranges: 64 };

/** All that can be told of a feature by itself; the first problem only. */
export function featureProblem(feature: Feature): FeatureProblem | undefined {
  const { key, category, title, description, docsUrl, tags, parameters, fallbacks, status } = feature;
  const at = (path: readonly (string | number)[], message: string) => ({ path, message });
  if (!KEY.test(key)) return at(["key"], "a key has 1 to 64 of a-z, 0-9 and _");
  if (key === "none") return at(["key"], "`none` stands for no feature");
  if (category < Category.RENDERING || category > Category.UI) return at(["category"], "no such category");
  if (status < FeatureStatus.ACTIVE || status > FeatureStatus.RETIRED)
    return at(["status"], "no such status");
  if (title === "" || title.length > MOST.text)
    return at(["title"], "a title is wanted, of at most 2,000 characters");
  if (description.length > MOST.text) return at(["description"], "at most 2,000 characters");
  if (docsUrl !== "" && !/^https:\/\/\S{1,500}$/.test(docsUrl))
    return at(["docsUrl"], "an https address is wanted");
  if (tags.length > MOST.tags) return at(["tags"], `at most ${MOST.tags} tags`);
  for (const [place, { name, weight }] of tags.entries()) {
    if (!NAME.test(name)) return at(["tags", place], `${name.slice(0, 70)} is no tag`);
    if (!(weight >= 0 && weight <= 1)) return at(["tags", place], "a weight is 0 to 1");
    if (tags.findIndex((other) => other.name === name) < place)
      return at(["tags", place], `${name} is there twice`);
  }
  if (fallbacks.length > MOST.fallbacks) return at(["fallbacks"], `at most ${MOST.fallbacks} fallbacks`);
  const wrong = parametersProblem(parameters, ["parameters"]);
  if (wrong !== undefined) return wrong;
  if (feature.availability.length === 0 || feature.availability.length > MOST.engines)
    return at(["availability"], `it is available on 1 to ${MOST.engines} engines`);
  for (const [place, one] of feature.availability.entries()) {
    const problem = availabilityProblem(one);
    if (problem !== undefined) return at(["availability", place, ...problem.path], problem.message);
    if (feature.availability.findIndex(({ engineId }) => engineId === one.engineId) < place)
      return at(["availability", place], `${one.engineId} is there twice`);
  }
  return undefined;
}

function parametersProblem(
  parameters: readonly Parameter[],
  path: readonly (string | number)[],
): FeatureProblem | undefined {
  if (parameters.length > MOST.parameters) return { path, message: `at most ${MOST.parameters} parameters` };
  for (const [place, parameter] of parameters.entries()) {
    const { name, kind, min, max, values, default: value } = parameter;
    const at = (message: string) => ({ path: [...path, place], message });
    if (!NAME.test(name)) return at(`${name.slice(0, 70)} is no name`);
    if (parameters.findIndex((other) => other.name === name) < place) return at(`${name} is there twice`);
    if (kind === ParameterKind.UNSPECIFIED) return at(`${name} has no kind`);
    if (kind === ParameterKind.ENUM && values.length === 0) return at(`${name} has no values to choose from`);
    if (min !== undefined && max !== undefined && !(min <= max)) return at(`min of ${name} is above its max`);
    const problem = value === undefined ? undefined : valueProblem(parameter, value);
    if (problem !== undefined) return at(`by default, ${problem}`);
  }
  return undefined;
}

function availabilityProblem(one: Availability): FeatureProblem | undefined {
  const { engineId, ranges, enhanced, deprecated, experimentalUntil, leastPreset, costs } = one;
  const at = (path: readonly (string | number)[], message: string) => ({ path, message });
  const isVersion = (version: string) => semanticVersion(version) === version;
  if (engineId === "") return at(["engineId"], "an engine is wanted");
  if (ranges.length === 0 || ranges.length > MOST.ranges)
    return at(["ranges"], "it was introduced at some version");
  let before = "";
  for (const [place, { introduced, removed }] of ranges.entries()) {
    if (!isVersion(introduced)) return at(["ranges", place, "introduced"], `${introduced} is no version`);
    if (removed !== "" && !isVersion(removed))
      return at(["ranges", place, "removed"], `${removed} is no version`);
    if (removed !== "" && comparePrecedence(introduced, removed) >= 0)
      return at(["ranges", place, "removed"], "it was removed before it was introduced");
    const isBehind = place === 0 || (before !== "" && comparePrecedence(before, introduced) <= 0);
    if (!isBehind) return at(["ranges", place], "ranges follow each other, each ended before the next");
    before = removed;
  }
  for (const [place, { version, parameters }] of enhanced.entries()) {
    if (!isVersion(version)) return at(["enhanced", place, "version"], `${version} is no version`);
    const former = enhanced[place - 1];
    if (former !== undefined && comparePrecedence(former.version, version) >= 0)
      return at(["enhanced", place], "enhancements follow each other by version");
    const problem = parametersProblem(parameters, ["enhanced", place, "parameters"]);
    if (problem !== undefined) return problem;
  }
  if (deprecated !== "" && !isVersion(deprecated)) return at(["deprecated"], `${deprecated} is no version`);
  if (experimentalUntil !== "" && !isVersion(experimentalUntil))
    return at(["experimentalUntil"], `${experimentalUntil} is no version`);
  if (!isPreset(leastPreset)) return at(["leastPreset"], "low, medium, high or ultra");
  for (const [place, { preset, gpuMs, cpuMs, memoryMb }] of costs.entries()) {
    if (!isPreset(preset)) return at(["costs", place], "low, medium, high or ultra");
    if (![gpuMs, cpuMs, memoryMb].every((value) => value >= 0 && Number.isFinite(value)))
      return at(["costs", place], "a cost is a number from 0 on");
  }
  return undefined;
}

const isPreset = (preset: Preset): boolean => preset >= Preset.LOW && preset <= Preset.ULTRA;
