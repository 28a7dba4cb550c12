import { comparePrecedence, partsOf } from "@orrery/engine-version";
import { Channel, Distance, type VersionInit } from "@orrery/schema/engine/v1";

/** @param text semantic */
export const versionMessage = (text: string): VersionInit => ({ text, ...partsOf(text) });

/** How far `version` is from the one in use. @param current undefined: not known */
export function distanceOf(version: string, current: string | undefined): Distance {
  if (current === undefined || current === "") return Distance.UNSPECIFIED;
  const order = comparePrecedence(version, current);
  if (order === 0) return Distance.SAME;
  if (order < 0) return Distance.OLDER;
  const [to, from] = [partsOf(version), partsOf(current)];
  if (to.major !== from.major) return Distance.MAJOR;
  if (to.minor !== from.minor) return Distance.MINOR;
  return to.patch === from.patch ? Distance.PRERELEASE : Distance.PATCH;
}

/** Channels that somebody hears of who wants this one. */
export const heardOn = (wanted: Channel, channel: Channel): boolean => channel <= wanted;
