import { readPack } from "@orrery/pack";
import { testWorld } from "@orrery/simulation/testing";
import { TimeUpdated, Face, Season } from "@orrery/schema/time/v1";
import { NpcMoved, NpcActed, NeedCritical, NpcArrived } from "@orrery/schema/npc/v1";
import { people } from "../services/npc-behavior/people.ts";
const { pack } = await readPack("worlds/hollowmere");
const start = pack.calendar!.startGs;
const world = testWorld(people, { worldId: "t", seed: "one", pack, atGs: start } as any, "npc-behavior");
const days = Number(process.argv[2] ?? 2);
const step = Number(process.argv[3] ?? 60);
let t0 = performance.now();
for (let at = start + step; at <= start + days * 86400; at += step) {
  const day = Math.floor(at / 86400);
  const sod = at - day * 86400;
  const hour = Math.floor(sod / 3600);
  world.tell(TimeUpdated, { atGs: at, spanS: step, now: { atGs: at, year: 412, month: 1, day: day + 1, weekday: (day % 6) + 1, dayOfYear: day + 1, hour, minute: 0, face: hour >= 6 && hour < 19 ? Face.DAY : Face.NIGHT, season: Season.SPRING } });
  if (sod % 3600 === 0) {
    const n = { home: 0, work: 0, way: 0, other: 0 } as any; const acts: any = {};
    for (const [, m] of world.state.minds) {
      if (m.journey) n.way++; else if (m.placeId === m.homePlaceId) n.home++; else if (m.placeId === m.workPlaceId) n.work++; else n.other++;
      const a = (m.doing?.activityId ?? "none").slice(9); acts[a] = (acts[a] ?? 0) + 1;
    }
    const mean = [0,1,2,3,4,5,6].map((i) => { let s = 0, c = 0; for (const [, m] of world.state.minds) { s += m.needs[i]!; c++; } return (s / c).toFixed(2); });
    console.log(`d${day} ${String(hour).padStart(2, "0")}h`, JSON.stringify(n), JSON.stringify(acts), mean.join(" "));
  }
}
const ms = performance.now() - t0;
const count = (c: any) => world.emitted(c).length;
console.log({ ms, moved: count(NpcMoved) / days, acted: count(NpcActed) / days, critical: count(NeedCritical) / days, arrived: count(NpcArrived) });
const crit: any = {}; for (const { event } of world.emitted(NeedCritical)) crit[event.need] = (crit[event.need] ?? 0) + 1; console.log(crit);
let dec = 0; for (const [, m] of world.state.minds) dec += m.decisions; console.log("decisions/person/day", dec / 300 / days);
