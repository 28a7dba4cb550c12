// The valley's markets and factions over years, under real weather: prices, shortages, the books, whose the land is, and what an hour costs.
//   node bench/economy/main.ts [--years 1] [--seeds one,two] [--json]
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readPack } from "@orrery/pack";
import { liveYears } from "./years.ts";

const { values } = parseArgs({
  options: {
    years: { type: "string", default: "1" },
    seeds: { type: "string", default: "one,two" },
    json: { type: "boolean", default: false },
  },
});
const { pack } = await readPack(join(import.meta.dirname, "../../worlds/hollowmere"));
const years = Number(values.years);
const seeds = values.seeds.split(",");
const lives = seeds.map((seed) => {
  const life = liveYears(pack, seed, years);
  if (!values.json) process.stderr.write(`${JSON.stringify(life)}\n`);
  return life;
});
const worst = (of: (life: (typeof lives)[number]) => number) => Math.max(...lives.map(of));
const report = {
  machine: `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, node ${process.versions.node}`,
  years,
  seeds: seeds.length,
  msAnHour: Number((lives.reduce((sum, { msAnHour }) => sum + msAnHour, 0) / lives.length).toFixed(3)),
  shortagesAYear: lives.map(({ shortagesAYear }) => Math.round(shortagesAYear)),
  unexplained: worst(({ unexplained }) => unexplained),
  worstUnmet: Number(worst(({ worstUnmet }) => worstUnmet).toFixed(3)),
  worstImbalance: worst(({ worstImbalance }) => worstImbalance),
  moneyMissing: worst(({ moneyMissing }) => moneyMissing),
  outOfBounds: worst(({ outOfBounds }) => outOfBounds),
  staples: lives.map(({ staples }) => staples),
  holderChangesAYear: lives.map(({ holderChangesAYear }) => holderChangesAYear),
  mostLands: lives.map(({ mostLands }) => mostLands),
  vanished: worst(({ vanished }) => vanished),
  deedsAYear: lives[0]?.deedsAYear,
  goods: lives[0]?.goods,
  whys: lives[0]?.whys,
};
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
