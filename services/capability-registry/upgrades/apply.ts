import { create } from "@bufbuild/protobuf";
import { comparePrecedence, semanticVersion } from "@orrery/engine-version";
import {
  type Availability,
  AvailabilitySchema,
  Category,
  EnhancementSchema,
  type Feature,
  FeatureSchema,
  FeatureStatus,
  Preset,
  VersionRangeSchema,
} from "@orrery/schema/capability/v1";
import { FeatureChange, type PromotedFeature } from "@orrery/schema/engine/v1";
import { availabilityOn, has } from "../catalogue/available.ts";

/**
 * A feature as an approved change leaves it on one engine; undefined: it is so already, or the change is none of something
 * that the engine has. One that nobody knows here becomes a draft: its category and costs are for a person to say.
 */
export function changed(
  feature: Feature | undefined,
  engineId: string,
  { featureKey, change, since, what }: PromotedFeature,
): Feature | undefined {
  if (semanticVersion(since) !== since) return undefined;
  if (feature === undefined)
    return change === FeatureChange.INTRODUCED ? draft(featureKey, engineId, since, what) : undefined;
  const before = availabilityOn(feature, engineId);
  const after =
    before === undefined
      ? change === FeatureChange.INTRODUCED
        ? begun(engineId, since)
        : undefined
      : on(feature, before, change, since, what);
  if (after === undefined) return undefined;
  const others = feature.availability.filter((one) => one !== before);
  return { ...feature, availability: [...others, after], shipped: false };
}

const begun = (engineId: string, introduced: string): Availability =>
  create(AvailabilitySchema, { engineId, ranges: [{ introduced }], leastPreset: Preset.MEDIUM });

function draft(key: string, engineId: string, since: string, what: string): Feature {
  return create(FeatureSchema, {
    key,
    category: Category.RENDERING,
    title: key.replaceAll("_", " "),
    description: what,
    status: FeatureStatus.DRAFT,
    availability: [begun(engineId, since)],
  });
}

function on(
  feature: Feature,
  before: Availability,
  change: FeatureChange,
  since: string,
  what: string,
): Availability | undefined {
  const last = before.ranges.at(-1);
  switch (change) {
    case FeatureChange.INTRODUCED: {
      const isAfter =
        last !== undefined && last.removed !== "" && comparePrecedence(last.removed, since) <= 0;
      if (has(feature, before.engineId, since) || !isAfter) return undefined;
      return { ...before, ranges: [...before.ranges, create(VersionRangeSchema, { introduced: since })] };
    }
    case FeatureChange.ENHANCED: {
      if (before.enhanced.some(({ version }) => version === since)) return undefined;
      const added = create(EnhancementSchema, { version: since, what });
      const enhanced = [...before.enhanced, added].sort((a, b) => comparePrecedence(a.version, b.version));
      return { ...before, enhanced };
    }
    case FeatureChange.DEPRECATED:
      return before.deprecated === "" ? { ...before, deprecated: since } : undefined;
    case FeatureChange.REMOVED: {
      const isOpen =
        last !== undefined && last.removed === "" && comparePrecedence(last.introduced, since) < 0;
      if (!isOpen) return undefined;
      return { ...before, ranges: [...before.ranges.slice(0, -1), { ...last, removed: since }] };
    }
    default:
      return undefined;
  }
}
