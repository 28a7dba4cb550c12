// People alone in memory for so many days: what they do, what it costs, how they fare.
//   node bench/people/main.ts [--days 30] [--seed one] [--people 300] [--step 60] [--json]
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { NpcActed, NpcMoved, NeedCritical } from "@orrery/schema/npc/v1";
import { liveHeapMb } from "../live-heap.ts";
import { packWith, startLife } from "./life.ts";
import { vitalSigns } from "./vital-signs.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "30" },
    seed: { type: "string", default: "one" },
    people: { type: "string", default: "300" },
    step: { type: "string", default: "60" },
    json: { type: "boolean", default: false },
  },
});
const DAY_GS = 86_400;
const FIRST_GS = 3_600;
const NIGHT_GS = 2 * 3_600;
const days = Number(values.days);
const step = Number(values.step);
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const life = startLife(await packWith(Number(values.people)), values.seed);
const said = new Map<string, number>();
/** Live, at each midnight. */
const heapMb: number[] = [];
/** Share at home at two in the morning, each night. */
const nights: number[] = [];
/** Of each step but those in which people look around first and code is new, ms. */
const stretches: number[] = [];
let bytes = 0;
/** Of the CPU, what the looks at the heap took. */
let lookedMs = 0;
const beganCpu = cpuMs();
for (let atGs = step; atGs <= days * DAY_GS; atGs += step) {
  const at = performance.now();
  const { types, bytes: more } = life.pass(atGs, step);
  if (atGs > FIRST_GS) stretches.push(performance.now() - at);
  bytes += more;
  for (const [type, count] of types) said.set(type, (said.get(type) ?? 0) + count);
  if (atGs % DAY_GS === NIGHT_GS) nights.push(vitalSigns(life.minds()).atHome);
  if (atGs % DAY_GS !== 0) continue;
  const before = cpuMs();
  heapMb.push(liveHeapMb());
  lookedMs += cpuMs() - before;
}
const tookCpu = cpuMs() - beganCpu - lookedMs;
stretches.sort((one, other) => other - one);
/** The longest but for a share of them. */
const longestBut = (share: number) =>
  Number((stretches[Math.floor(stretches.length * share)] ?? 0).toFixed(1));
const signs = vitalSigns(life.minds());
const aDay = (type: string) => Math.round((said.get(type) ?? 0) / days);
const report = {
  machine: `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, node ${process.versions.node}`,
  people: signs.people,
  days,
  cpuSeconds: Number((tookCpu / 1_000).toFixed(1)),
  decisions: signs.decisions,
  decisionsPerCpuSecond: Math.round(signs.decisions / (tookCpu / 1_000)),
  /** Of a core, at 60 game seconds a second. */
  coreAt60: Number((tookCpu / ((days * DAY_GS * 1_000) / 60)).toFixed(4)),
  longestMs: longestBut(0),
  /** 99.9 % of them: the collector marks the whole heap once or twice a day, as long as that takes. */
  stretchMs: longestBut(0.001),
  movesADay: aDay(NpcMoved.typeName),
  actsADay: aDay(NpcActed.typeName),
  criticalsADay: aDay(NeedCritical.typeName),
  kilobytesADay: Math.round(bytes / days / 1_000),
  needs: signs.needs.map((need) => Number(need.toFixed(2))),
  lowestNeed: Number(signs.lowest.toFixed(2)),
  leastAtHomeByNight: Number(Math.min(1, ...nights).toFixed(3)),
  heapMb,
};
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
