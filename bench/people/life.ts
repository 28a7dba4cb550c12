import { join } from "node:path";
import { readPack } from "@orrery/pack";
import { people } from "@orrery/npc-behavior/people";
import { fingerprint } from "@orrery/schema/registry";
import { Face, Season, TimeUpdated } from "@orrery/schema/time/v1";
import { type Pack, WorldCreated } from "@orrery/schema/world/v1";
import { handlersOf, newProgress, openShard } from "@orrery/simulation";
import { encodeBytes } from "@orrery/wire";

const WORLD = "valley";
const SERVICE = "npc-behavior";
const DAY_GS = 86_400;
const HOUR_GS = 3_600;
const SUNRISE_H = 6;
const SUNSET_H = 19;

/** The pack with so many people: its own, and its own again under other names. */
export async function packWith(count: number): Promise<Pack> {
  const { pack } = await readPack(join(import.meta.dirname, "../../worlds/hollowmere"));
  const own = pack.society?.persons ?? [];
  const persons = Array.from({ length: count }, (_, i) => {
    const person = own[i % own.length] as (typeof own)[number];
    const again = Math.floor(i / own.length);
    return again === 0 ? person : { ...person, id: `${person.id}-${again + 1}` };
  });
  if (pack.society !== undefined) pack.society.persons = persons;
  return pack;
}

/** People in memory, from midnight of the first day on. */
export function startLife(pack: Pack, seed: string) {
  const facts = { service: SERVICE, world: WORLD, part: "aggregate/0", fingerprint };
  const shard = openShard(people, handlersOf(people), facts, newProgress(facts, seed, "life"), undefined);
  const weekdays = pack.calendar?.weekdays.length ?? 1;
  let sequence = 0;
  const take = (type: string, publisher: string, payload: Uint8Array) =>
    shard.takeEvent({
      publisher,
      sequence: ++sequence,
      type,
      key: "",
      source: publisher,
      timeMs: sequence,
      payload,
    });
  take(WorldCreated.typeName, "operator", encodeBytes(WorldCreated, { worldId: WORLD, seed, atGs: 0, pack }));
  sequence = 0;

  return {
    minds: () => shard.state.minds,
    late: () => shard.state.late,
    /** Tells the clock, and gives what was said because of it: events by type, and bytes. */
    pass(atGs: number, spanS: number) {
      const day = Math.floor(atGs / DAY_GS);
      const hour = Math.floor((atGs - day * DAY_GS) / HOUR_GS);
      const turns = [SUNRISE_H, SUNSET_H, SUNRISE_H + 24].map((at) => day * DAY_GS + at * HOUR_GS);
      const now = {
        atGs,
        month: 2,
        day: (day % 30) + 1,
        weekday: (day % weekdays) + 1,
        season: Season.SPRING,
        face: hour >= SUNRISE_H && hour < SUNSET_H ? Face.DAY : Face.NIGHT,
      };
      const nextFaceGs = turns.find((turn) => turn > atGs) ?? atGs;
      take(TimeUpdated.typeName, "time-manager", encodeBytes(TimeUpdated, { atGs, spanS, now, nextFaceGs }));
      const collected = shard.collect();
      const bytes = (collected?.frames ?? []).reduce((sum, frame) => sum + frame.length, 0);
      return { types: collected?.types ?? new Map<string, number>(), bytes };
    },
  };
}
