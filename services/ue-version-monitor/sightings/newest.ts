import { comparePrecedence, versionRange } from "@orrery/engine-version";
import { Channel, type IgnoredRange, type Sighting } from "@orrery/schema/engine/v1";
import { heardOn } from "./version.ts";

export const textOf = ({ version }: Pick<Sighting, "version">): string => version?.text ?? "";

/** The highest by precedence of those that are not withdrawn and that `fits`. */
export function newestOf(
  sightings: Iterable<Sighting>,
  fits: (sighting: Sighting) => boolean = () => true,
): Sighting | undefined {
  let newest: Sighting | undefined;
  for (const sighting of sightings) {
    if (sighting.withdrawn || !fits(sighting)) continue;
    if (newest === undefined || comparePrecedence(textOf(sighting), textOf(newest)) > 0) newest = sighting;
  }
  return newest;
}

export const newestIn = (sightings: Iterable<Sighting>, channel: Channel): Sighting | undefined =>
  newestOf(sightings, (one) => one.channel === channel);

/** The newest of all channels that are wanted. */
export const newestWanted = (sightings: Iterable<Sighting>, wanted: Channel): Sighting | undefined =>
  newestOf(sightings, (one) => heardOn(wanted, one.channel));

/** Which range ignores a version; undefined: none. */
export const ignoring = (ranges: readonly IgnoredRange[], version: string): IgnoredRange | undefined =>
  ranges.find(({ range }) => versionRange(range)?.(version) === true);
