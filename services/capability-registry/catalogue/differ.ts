import type {
  DiffResponseInit,
  Enhancement,
  Feature,
  FeatureDifferenceInit,
} from "@orrery/schema/capability/v1";
import { availabilityOn, enhancementsAt, has, isDeprecated, isExperimental } from "./available.ts";

type Lists = Required<
  Pick<
    DiffResponseInit,
    "added" | "removed" | "enhanced" | "reduced" | "deprecated" | "restored" | "matured" | "experimental"
  >
>;

/** How one version's features differ from another's; the other way round it says the opposite. */
export function differ(features: Iterable<Feature>, engineId: string, from: string, to: string): Lists {
  const lists: { [K in keyof Lists]: FeatureDifferenceInit[] } = {
    added: [],
    removed: [],
    enhanced: [],
    reduced: [],
    deprecated: [],
    restored: [],
    matured: [],
    experimental: [],
  };
  for (const feature of features) {
    const availability = availabilityOn(feature, engineId);
    if (availability === undefined) continue;
    const { key, title } = feature;
    const [was, is] = [has(feature, engineId, from), has(feature, engineId, to)];
    const of = (version: string) => enhancementsAt(availability, version);
    if (!was && is) lists.added.push({ key, title, enhancements: [...of(to)] });
    if (was && !is) lists.removed.push({ key, title, enhancements: [...of(from)] });
    // What is not there is neither deprecated nor experimental.
    const [wasOld, isOld] = [was && isDeprecated(availability, from), is && isDeprecated(availability, to)];
    if (wasOld !== isOld) (isOld ? lists.deprecated : lists.restored).push({ key, title });
    const [wasNew, isNew] = [
      was && isExperimental(availability, from),
      is && isExperimental(availability, to),
    ];
    if (wasNew !== isNew) (isNew ? lists.experimental : lists.matured).push({ key, title });
    if (!was || !is) continue;
    const gained = missing(of(to), of(from));
    const lost = missing(of(from), of(to));
    if (gained.length > 0) lists.enhanced.push({ key, title, enhancements: gained });
    if (lost.length > 0) lists.reduced.push({ key, title, enhancements: lost });
  }
  return lists;
}

const missing = (all: readonly Enhancement[], from: readonly Enhancement[]): Enhancement[] =>
  all.filter(({ version }) => !from.some((other) => other.version === version));
