import { comparePrecedence } from "@orrery/engine-version";
import {
  type Availability,
  type Cost,
  type Enhancement,
  type Feature,
  FeatureStatus,
  type Parameter,
  Preset,
} from "@orrery/schema/capability/v1";

/** Of a feature, what one engine has of it; undefined: nothing. */
export const availabilityOn = ({ availability }: Feature, engineId: string): Availability | undefined =>
  availability.find((one) => one.engineId === engineId);

/** Introduced, and not removed: a preview stands before its version. */
export function isIn({ ranges }: Availability, version: string): boolean {
  return ranges.some(
    ({ introduced, removed }) =>
      comparePrecedence(introduced, version) <= 0 &&
      (removed === "" || comparePrecedence(version, removed) < 0),
  );
}

/** Whether a version has it, for anybody. Retired ones and drafts are had by nobody. */
export function has(feature: Feature, engineId: string, version: string): boolean {
  const availability = availabilityOn(feature, engineId);
  return feature.status === FeatureStatus.ACTIVE && availability !== undefined && isIn(availability, version);
}

/** @param platform empty: only what all platforms have */
export const isOnPlatform = ({ platforms }: Availability, platform: string): boolean =>
  platforms.length === 0 || (platform !== "" && platforms.includes(platform));

export const isDeprecated = ({ deprecated }: Availability, version: string): boolean =>
  deprecated !== "" && comparePrecedence(deprecated, version) <= 0;

export const isExperimental = ({ experimentalUntil }: Availability, version: string): boolean =>
  experimentalUntil !== "" && comparePrecedence(version, experimentalUntil) < 0;

/** Those that a version has, in their order. */
export const enhancementsAt = ({ enhanced }: Availability, version: string): readonly Enhancement[] =>
  enhanced.filter((one) => comparePrecedence(one.version, version) <= 0);

/** As of the last enhancement that the version has. */
export function parametersAt(
  feature: Feature,
  availability: Availability,
  version: string,
): readonly Parameter[] {
  const found = new Map(feature.parameters.map((parameter) => [parameter.name, parameter]));
  for (const { parameters } of enhancementsAt(availability, version))
    for (const parameter of parameters) found.set(parameter.name, parameter);
  return [...found.values()];
}

/** Of the preset, or the nearest below that has one said, or the lowest. */
export function costAt({ costs }: Availability, preset: Preset): Cost | undefined {
  const sorted = [...costs].sort((a, b) => a.preset - b.preset);
  return sorted.findLast((cost) => cost.preset <= preset) ?? sorted[0];
}
