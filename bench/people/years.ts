// A year of people alone in memory, minds and all: who is born, who comes, who dies of what, how many are left in each region.
//   node bench/people/years.ts [--days 360] [--seed one] [--step 300] [--json]
import { parseArgs } from "node:util";
import { DeathCause, NpcArrived, NpcDied, NpcTookUp } from "@orrery/schema/npc/v1";
import { packWith, startLife } from "./life.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "360" },
    seed: { type: "string", default: "one" },
    step: { type: "string", default: "300" },
    json: { type: "boolean", default: false },
  },
});
const [DAY_GS, YEAR_DAYS] = [86_400, 360];
const NOON_GS = DAY_GS / 2;
const days = Number(values.days);
const step = Number(values.step);
const NAMES = new Map<number, string>(
  Object.entries(DeathCause).map(([name, cause]) => [cause as number, name]),
);

const pack = await packWith(300);
const regionOf = new Map(pack.land?.places.map(({ id, regionId }) => [id, regionId]));
const life = startLife(pack, values.seed);
const counts = () => {
  const found = new Map<string, number>();
  for (const [, { homePlaceId }] of life.minds()) {
    const region = regionOf.get(homePlaceId) ?? "";
    found.set(region, (found.get(region) ?? 0) + 1);
  }
  return found;
};
const begun = counts();
const said = new Map<string, number>();
/** How many regions are out of their band at noon, to whole people; and of how many. */
let [outside, looks] = [0, 0];
let [least, most] = [Number.POSITIVE_INFINITY, 0];
const beganMs = process.cpuUsage().user;
for (let atGs = step; atGs <= days * DAY_GS; atGs += step) {
  for (const [type, count] of life.pass(atGs, step).types) said.set(type, (said.get(type) ?? 0) + count);
  if (atGs % DAY_GS !== NOON_GS) continue;
  const now = counts();
  for (const [region, target] of begun) {
    const count = now.get(region) ?? 0;
    looks += 1;
    if (count < Math.floor(0.85 * target) || count > Math.ceil(1.15 * target)) outside += 1;
  }
  const { size } = life.minds();
  [least, most] = [Math.min(least, size), Math.max(most, size)];
}
const causes: Record<string, number> = {};
for (const [, { cause }] of life.late()) {
  const name = NAMES.get(cause) ?? String(cause);
  causes[name] = (causes[name] ?? 0) + 1;
}
const whole = [...begun.values()].reduce((sum, count) => sum + count, 0);
const arrived = (said.get(NpcArrived.typeName) ?? 0) - whole;
const born = [...life.minds()].filter(
  ([, { bornDay, ageYears }]) => ageYears <= days / YEAR_DAYS && (bornDay ?? -1) > 0,
);
const end = counts();
const report = {
  days,
  people: life.minds().size,
  begun: whole,
  least,
  most,
  /** Of those who were born and live. */
  births: born.length,
  migrants: arrived - born.length,
  deaths: said.get(NpcDied.typeName) ?? 0,
  causes,
  tookUp: said.get(NpcTookUp.typeName) ?? 0,
  outsideShare: Number((outside / Math.max(1, looks)).toFixed(4)),
  regions: Object.fromEntries([...begun].map(([region, count]) => [region, [count, end.get(region) ?? 0]])),
  cpuSeconds: Number(((process.cpuUsage().user - beganMs) / 1e6).toFixed(1)),
};
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
