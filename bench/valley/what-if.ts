// A storm is ordered for one region; at noon before it the world is forked twice, and one fork does without it. A week
// later `orrery world diff --in-words` says whose lives went differently, and why.
//   node bench/valley/what-if.ts [--seed s] [--days 7] [--region region:market-vale] [--hours 48] [--count 20] [--json]
import { randomUUID } from "node:crypto";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { WorldService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { Condition, WeatherService } from "@orrery/schema/weather/v1";
import { startValley } from "./lived.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "s" },
    days: { type: "string", default: "7" },
    region: { type: "string", default: "region:market-vale" },
    hours: { type: "string", default: "48" },
    count: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const MAIN = join(import.meta.dirname, "../../apps/cli/main.ts");
const [HOUR_GS, DAY_GS] = [3_600, 86_400];
const [NOON_GS, STORM_AFTER_GS, EASE_S] = [12 * HOUR_GS, 3 * HOUR_GS, 1_800];
const [WITH, WITHOUT] = ["with-storm", "without-storm"];
const LOOK_MS = 50;

interface Told {
  readonly about: string;
  readonly weight: number;
  readonly says: string;
  readonly how: string;
  readonly because: string;
  readonly type: string;
}

const valley = await startValley(values.seed);
const { client } = valley.edgeOf(valley.world);
const key = () => ({ idempotencyKey: randomUUID() });

async function forkOf(newWorldId: string): Promise<void> {
  await client(WorldService).fork({ worldId: valley.world, newWorldId, ...key() });
  const begun = () =>
    Promise.all([
      client(TimeService).getClock({ worldId: newWorldId }),
      client(WeatherService).getWeather({ worldId: newWorldId, regionIds: [] }),
    ]).catch(() => undefined);
  while ((await begun()) === undefined) await setTimeout(LOOK_MS);
}

/** In sentences, what differs most first. */
async function diff(): Promise<readonly Told[]> {
  const asked = ["world", "diff", WITH, WITHOUT, "--in-words", "500", "--json", ...valley.reach];
  // Worlds that part end it with exit code 1.
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...asked], {
    maxBuffer: 2 ** 26,
  }).catch((error: { stdout?: string }) => {
    if (error.stdout?.startsWith("{") !== true) throw error;
    return { stdout: error.stdout };
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Told);
}

try {
  const nowGs = await valley.nowGs(valley.world);
  const noonGs = Math.ceil((nowGs - NOON_GS) / DAY_GS) * DAY_GS + NOON_GS;
  const fromGs = noonGs + STORM_AFTER_GS;
  const storm = {
    worldId: valley.world,
    regionIds: [values.region],
    condition: Condition.STORM,
    intensity: 1,
    ...{ fromGs, untilGs: fromGs + Number(values.hours) * HOUR_GS, easeS: EASE_S, priority: 100 },
    reason: "what if",
  };
  const { overrideIds } = await client(WeatherService).setOverride({ ...storm, ...key() });
  await valley.live(valley.world, (noonGs - nowGs) / DAY_GS);
  await forkOf(WITH);
  await forkOf(WITHOUT);
  await client(WeatherService).clearOverride({ worldId: WITHOUT, overrideIds, reason: "what if", ...key() });
  const began = performance.now();
  for (const world of [WITH, WITHOUT]) await valley.live(world, Number(values.days));
  const livedS = (performance.now() - began) / 1_000;
  const told = await diff();
  const report = {
    storm: `a storm ordered for ${values.region}, ${values.hours} h from ${STORM_AFTER_GS / HOUR_GS} h after noon on`,
    days: Number(values.days),
    livedS: Number(livedS.toFixed(0)),
    differences: told.length,
    byKind: Object.fromEntries(
      [...Map.groupBy(told, ({ about }) => about)].map(([kind, all]) => [kind, all.length]),
    ),
    byCause: Object.fromEntries(
      [...Map.groupBy(told, ({ how }) => how)].map(([how, all]) => [how, all.length]),
    ),
    fromWeather: told.filter(({ how, type }) => how === "because" && type.startsWith("weather.")).length,
    words: told.slice(0, Number(values.count)).map(({ says, because }) => `${says}. ${because}`),
  };
  if (values.json) console.log(JSON.stringify(report));
  else {
    console.log(`${report.words.join("\n")}\n`);
    console.log({ ...report, words: undefined });
  }
} finally {
  await valley.stop();
}
