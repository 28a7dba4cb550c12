import { join } from "node:path";
import { readPack } from "@orrery/pack";
import { HourChanged, Season } from "@orrery/schema/time/v1";
import type { Pack } from "@orrery/schema/world/v1";
import { testWorld } from "@orrery/simulation/testing";
import { realm } from "./aggregate.ts";

export const HOUR_GS = 3_600;
export const DAY_GS = 24 * HOUR_GS;
const DAYS_A_SEASON = 90;
const DAYS_A_YEAR = 360;
const SEASONS = [Season.SPRING, Season.SUMMER, Season.AUTUMN, Season.WINTER] as const;

const read = readPack(join(import.meta.dirname, "../../../worlds/hollowmere"));

/** The valley that this project ships, with its markets. */
export const hollowmere = async (): Promise<Pack> => structuredClone((await read).pack);

/** The hour that strikes then. */
export function hour(atGs: number) {
  const day = Math.floor(atGs / DAY_GS);
  const dayOfYear = (day % DAYS_A_YEAR) + 1;
  const season = SEASONS[Math.floor((dayOfYear - 1) / DAYS_A_SEASON)] as Season;
  return { atGs, now: { atGs, dayOfYear, season, hour: Math.floor(atGs / HOUR_GS) % 24 } };
}

/** A world of markets whose clock a test moves. */
export function realmWorld(pack: Pack, seed = "one") {
  const world = testWorld(realm, { worldId: "vale", seed, pack, atGs: 0 }, "world-state");
  let nowGs = 0;
  function passUntil(untilGs: number): void {
    for (nowGs += HOUR_GS; nowGs <= untilGs; nowGs += HOUR_GS) world.tell(HourChanged, hour(nowGs));
    nowGs -= HOUR_GS;
  }
  /** Strikes at midnight alone: the hours between are lived through then, which is sooner done. */
  function passDays(days: number): void {
    for (let left = days; left > 0; left--) world.tell(HourChanged, hour((nowGs += DAY_GS)));
  }
  return { world, passUntil, passDays, nowGs: () => nowGs };
}
