import { comparePrecedence } from "@orrery/engine-version";
import { Announcement, type Sighting } from "@orrery/schema/engine/v1";
import type { Kept } from "../subjects/state.ts";
import { ignoring, newestWanted, textOf } from "./newest.ts";
import { heardOn } from "./version.ts";

/** Whether somebody wants to be told of it: it goes beyond what is in use, on a channel that is wanted. */
const isWanted = (kept: Kept, sighting: Sighting): boolean =>
  sighting.announcement === Announcement.NEW &&
  !sighting.withdrawn &&
  heardOn(kept.channel, sighting.channel) &&
  (kept.current === undefined || comparePrecedence(textOf(sighting), kept.current.text) > 0);

/** What becomes of new ones: announced, or ignored by a range. Those that are neither stay as they are. */
export function announced(kept: Kept, fresh: readonly Sighting[]): Sighting[] {
  return fresh.flatMap((one): Sighting[] => {
    if (one.announcement !== Announcement.NEW) return [];
    const range = ignoring(kept.ignored, textOf(one));
    if (range !== undefined)
      return [{ ...one, announcement: Announcement.IGNORED, ignoredBy: range.by, ignoredWhy: range.why }];
    return isWanted(kept, one) ? [{ ...one, announcement: Announcement.ANNOUNCED }] : [];
  });
}

/** Where another channel is wanted from now on: its newest, if nobody was told of it. */
export function announcedAnew(kept: Kept, all: readonly Sighting[]): Sighting[] {
  const open = all.filter((one) => ignoring(kept.ignored, textOf(one)) === undefined);
  const newest = newestWanted(open, kept.channel);
  return newest === undefined ? [] : announced(kept, [newest]);
}
