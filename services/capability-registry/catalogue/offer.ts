import {
  type Availability,
  type Engine,
  type Feature,
  type OfferedFeatureInit,
  type Parameter,
  Preset,
} from "@orrery/schema/capability/v1";
import {
  availabilityOn,
  costAt,
  enhancementsAt,
  has,
  isDeprecated,
  isExperimental,
  isOnPlatform,
  parametersAt,
} from "./available.ts";

/** What somebody can be shown things on, settled: the version is the one whose features count. */
export interface Place {
  readonly engine: Engine;
  /** Undefined: there is no version that this one may have features of. */
  readonly version: string | undefined;
  /** Empty: what is not on all platforms is left out. Undefined: whichever. */
  readonly platform: string | undefined;
  /** Undefined: whichever. */
  readonly preset: Preset | undefined;
  readonly switchedOff: ReadonlySet<string>;
}

/** A feature as a place has it. */
export interface Offer {
  readonly feature: Feature;
  readonly availability: Availability;
  readonly version: string;
  readonly parameters: readonly Parameter[];
}

/** Why a place does not have a feature; undefined: it has. */
export function refusal(feature: Feature, { engine, version, ...place }: Place): string | undefined {
  const availability = availabilityOn(feature, engine.engineId);
  if (availability === undefined) return `${engine.engineId} does not have it`;
  if (version === undefined || !has(feature, engine.engineId, version))
    return `${engine.engineId} ${version ?? "without a stable version"} does not have it`;
  const { platform, preset, switchedOff } = place;
  if (platform !== undefined && !isOnPlatform(availability, platform))
    return platform === "" ? "not every platform has it" : `${platform} does not have it`;
  if (preset !== undefined && preset < availability.leastPreset)
    return `it needs the preset ${presetName(availability.leastPreset)} at least`;
  return switchedOff.has(feature.key) ? "it is switched off" : undefined;
}

export function offerOf(feature: Feature, place: Place): Offer | undefined {
  const availability = availabilityOn(feature, place.engine.engineId);
  if (availability === undefined || place.version === undefined || refusal(feature, place) !== undefined)
    return undefined;
  const { version } = place;
  return { feature, availability, version, parameters: parametersAt(feature, availability, version) };
}

export function offeredFeature(
  { feature, availability, version, parameters }: Offer,
  preset: Preset | undefined,
): OfferedFeatureInit {
  const cost = costAt(availability, preset ?? availability.leastPreset);
  return {
    key: feature.key,
    category: feature.category,
    title: feature.title,
    deprecated: isDeprecated(availability, version),
    experimental: isExperimental(availability, version),
    parameters: [...parameters],
    ...(cost && { cost }),
    leastPreset: availability.leastPreset,
    enhanced: enhancementsAt(availability, version).map((one) => one.version),
    fallbacks: feature.fallbacks,
  };
}

const PRESETS = new Map<number, string>(
  Object.entries(Preset).map(([name, preset]) => [preset, name.toLowerCase()]),
);
const presetName = (preset: Preset): string => PRESETS.get(preset) ?? "unknown";
