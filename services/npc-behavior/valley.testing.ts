import { join } from "node:path";
import { readPack } from "@orrery/pack";
import { Face, Season, TimeUpdated } from "@orrery/schema/time/v1";
import type { Pack } from "@orrery/schema/world/v1";
import { testWorld } from "@orrery/simulation/testing";
import { people } from "./people.ts";

const DAY_GS = 86_400;
const HOUR_GS = 3_600;
const SUNRISE_H = 6;
const SUNSET_H = 19;

const read = readPack(join(import.meta.dirname, "../../worlds/hollowmere"));

/** The valley that this project ships, with its people. */
export const hollowmere = async (): Promise<Pack> => structuredClone((await read).pack);

/** A world of people whose clock a test moves. */
export function peopleWorld(pack: Pack, atGs = 0) {
  const world = testWorld(people, { worldId: "vale", seed: "one", pack, atGs }, "npc-behavior");
  let nowGs = atGs;

  /** Moves the clock on, minute by minute or in larger steps. */
  function passUntil(untilGs: number, stepS = 60): void {
    for (nowGs += stepS; nowGs <= untilGs; nowGs += stepS)
      world.tell(TimeUpdated, minute(nowGs, stepS, pack));
    nowGs -= stepS;
  }
  return { world, passUntil, nowGs: () => nowGs };
}

/** A spring's minute. */
export function minute(atGs: number, spanS: number, pack: Pack) {
  const day = Math.floor(atGs / DAY_GS);
  const hour = Math.floor((atGs - day * DAY_GS) / HOUR_GS);
  const face = hour >= SUNRISE_H && hour < SUNSET_H ? Face.DAY : Face.NIGHT;
  const weekdays = pack.calendar?.weekdays.length ?? 1;
  const now = {
    atGs,
    year: 1,
    month: 2,
    day: day + 1,
    weekday: (day % weekdays) + 1,
    dayOfYear: 31 + day,
    hour,
    season: Season.SPRING,
    face,
  };
  const turns = [SUNRISE_H, SUNSET_H, SUNRISE_H + 24].map((at) => day * DAY_GS + at * HOUR_GS);
  const nextFaceGs = turns.find((turn) => turn > atGs) ?? atGs;
  return { atGs, spanS, now, nextFaceGs };
}
