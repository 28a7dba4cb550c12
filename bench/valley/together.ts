import { people } from "@orrery/npc-behavior/people";
import { fingerprint } from "@orrery/schema/registry";
import { Face, HourChanged, Season, TimeUpdated } from "@orrery/schema/time/v1";
import { type Pack, WorldCreated } from "@orrery/schema/world/v1";
import { type Aggregate, handlersOf, newProgress, openShard } from "@orrery/simulation";
import { encodeBytes, openFrame } from "@orrery/wire";
import { weather } from "@orrery/weather-manager/weather";
import { realm } from "@orrery/world-state/realm";

const WORLD = "valley";
const [HOUR_GS, DAY_GS, HOURS] = [3_600, 86_400, 24];
/** As a skip passes time. */
const STEP_GS = 1_800;
const [SUNRISE_H, SUNSET_H] = [6, 19];
const SEASONS = [Season.SPRING, Season.SUMMER, Season.AUTUMN, Season.WINTER] as const;

/** What was said, by whom. */
export interface Said {
  readonly type: string;
  readonly payload: Uint8Array;
}

/**
 * The valley's weather, markets, factions and people in memory, each hearing what the others say, in one order: the
 * clock first, then weather, realm, people. The sun rises at six and sets at seven.
 */
export function startTogether(pack: Pack, seed: string) {
  const members = [
    memberOf("weather-manager", weather, seed),
    memberOf("world-state", realm, seed),
    memberOf("npc-behavior", people, seed),
  ];
  const sequences = new Map<string, number>();
  const heard: Said[] = [];

  /** Something is said; whatever comes of it is heard by all before anything else is. */
  function tell(type: string, publisher: string, payload: Uint8Array): void {
    const waiting = [{ type, publisher, payload }];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const sequence = (sequences.get(next.publisher) ?? 0) + 1;
      sequences.set(next.publisher, sequence);
      for (const { handlers, shard, publisher: from } of members) {
        if (!handlers.events.has(next.type) && next.type !== WorldCreated.typeName) continue;
        shard.takeEvent({ ...next, sequence, key: "", source: next.publisher, timeMs: sequence });
        for (const frame of shard.collect()?.frames ?? [])
          for (const event of openFrame(frame).events()) {
            const said = { type: event.type, payload: event.payload.slice() };
            heard.push(said);
            waiting.push({ ...said, publisher: from });
          }
      }
    }
  }
  tell(WorldCreated.typeName, "operator", encodeBytes(WorldCreated, { worldId: WORLD, seed, atGs: 0, pack }));

  const yearDays = (pack.calendar?.months ?? []).reduce((sum, { days }) => sum + days, 0);
  const weekdays = pack.calendar?.weekdays.length ?? 1;
  function instant(atGs: number) {
    const [day, hour] = [Math.floor(atGs / DAY_GS), Math.floor((atGs % DAY_GS) / HOUR_GS)];
    const dayOfYear = (day % yearDays) + 1;
    const season = SEASONS[Math.floor(((dayOfYear - 1) * SEASONS.length) / yearDays)] as Season;
    const face = hour >= SUNRISE_H && hour < SUNSET_H ? Face.DAY : Face.NIGHT;
    const date = { month: Math.floor((dayOfYear - 1) / 30) + 1, day: ((dayOfYear - 1) % 30) + 1 };
    return { atGs, hour, dayOfYear, season, face, weekday: (day % weekdays) + 1, ...date };
  }
  return {
    /** Lets one day pass, and gives what was said in it. */
    passDay(day: number): readonly Said[] {
      heard.length = 0;
      for (let atGs = day * DAY_GS + STEP_GS; atGs <= (day + 1) * DAY_GS; atGs += STEP_GS) {
        const now = instant(atGs);
        if (atGs % HOUR_GS === 0) {
          // The hour that strikes at midnight ends the day that it ends.
          const struck = { ...now, dayOfYear: instant(atGs - 1).dayOfYear };
          tell(HourChanged.typeName, "time-manager", encodeBytes(HourChanged, { atGs, now: struck }));
        }
        const turns = [SUNRISE_H, SUNSET_H, SUNRISE_H + HOURS].map((at) => day * DAY_GS + at * HOUR_GS);
        const nextFaceGs = turns.find((turn) => turn > atGs) ?? atGs;
        const minute = { atGs, spanS: STEP_GS, now, nextFaceGs };
        tell(TimeUpdated.typeName, "time-manager", encodeBytes(TimeUpdated, minute));
      }
      return heard;
    },
  };
}

function memberOf(service: string, aggregate: Aggregate, seed: string) {
  const facts = { service, world: WORLD, part: `${aggregate.name}/0`, fingerprint };
  const handlers = handlersOf(aggregate);
  return {
    handlers,
    shard: openShard(aggregate, handlers, facts, newProgress(facts, seed, "life"), undefined),
    publisher: service,
  };
}
