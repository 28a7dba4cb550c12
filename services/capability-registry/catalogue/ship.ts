import { Engine, Feature, FeatureChangeKind, FeatureStatus } from "@orrery/schema/capability/v1";
import { changesOf } from "./changes.ts";
import { withVersion } from "./engines.ts";
import type { Shipped } from "./shipped.ts";
import { type Decided, digestOf } from "./writer.ts";

/** What is kept of an earlier start. */
export interface Kept {
  readonly features: ReadonlyMap<string, Feature>;
  readonly engines: ReadonlyMap<string, Engine>;
}

/**
 * What the files that came with the code change of what is kept: a feature that somebody has changed here stays as it
 * is, and of an engine only versions are added. One that is in the files no more is retired.
 */
export function shippedChanges({ features, engines }: Kept, shipped: Shipped): Decided {
  const changed: Feature[] = [];
  for (const feature of shipped.features.values()) {
    const known = features.get(feature.key);
    if (known === undefined || (known.shipped && digestOf(Feature, known) !== digestOf(Feature, feature)))
      changed.push(feature);
  }
  for (const feature of features.values())
    if (feature.shipped && feature.status === FeatureStatus.ACTIVE && !shipped.features.has(feature.key))
      changed.push({ ...feature, status: FeatureStatus.RETIRED });
  const changedEngines = [...shipped.engines.values()].flatMap((engine) => {
    const known = engines.get(engine.engineId);
    const more = known === undefined ? engine : withMissing(known, engine);
    return more === known ? [] : [more];
  });
  return {
    features: changed,
    engines: changedEngines,
    told: [
      ...changedEngines.map(({ engineId, defaultVersion }) => ({
        key: engineId,
        engineId,
        change: FeatureChangeKind.EDITED,
        version: defaultVersion,
      })),
      ...changed.flatMap((feature) =>
        changesOf(features.get(feature.key), feature).map((change) => ({
          key: feature.key,
          fallbacks: feature.fallbacks,
          ...change,
        })),
      ),
    ],
  };
}

/** @returns the same engine where nothing is missing */
function withMissing(known: Engine, { versions, aliases }: Engine): Engine {
  const missing = versions.filter(({ version }) => !known.versions.some((one) => one.version === version));
  const names = aliases.filter((alias) => !known.aliases.includes(alias));
  if (missing.length === 0 && names.length === 0) return known;
  return {
    ...known,
    aliases: [...known.aliases, ...names],
    versions: missing.reduce((all, one) => withVersion(all, one), known.versions),
  };
}
