// A long skip, killed on its way, against the same skip undisturbed: node bench/time/skip.ts [--days 30] [--kills 2] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Edge } from "@orrery/cli/edge.ts";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { startOrrery } from "../kill9/orrery.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "30" },
    kills: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
  },
});
const DAY_GS = 86_400;
/** The world begins at seven: far enough from it that nothing has happened before the skip. */
const TARGET_GS = 7 * 3_600 + 600 + Number(values.days) * DAY_GS;
/** Slow enough that no hour passes by itself. */
const RATE = "1";
const PAGE = 1_000;
const PATIENCE_MS = 60_000;
const LOOK_MS = 50;
const TYPES = [
  "time.v1.HourChanged",
  "time.v1.DayChanged",
  "time.v1.PhaseChanged",
  "time.v1.DayActivated",
  "time.v1.NightActivated",
  "time.v1.SeasonChanged",
  "time.v1.MoonPhaseChanged",
  "weather.v1.*",
];
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Told {
  readonly type: string;
  readonly key: string;
  readonly bytes: string;
}

async function journalOf(edge: Edge): Promise<Told[]> {
  const journal = edge.client(JournalService);
  const told: Told[] = [];
  for (let pageToken = ""; ; ) {
    const filter = { types: TYPES };
    const page = await journal.query({
      worldId: edge.world,
      filter,
      order: Order.ARRIVAL,
      pageSize: PAGE,
      pageToken,
    });
    for (const { type, key, payload } of page.events)
      told.push({ type, key, bytes: Buffer.from(payload).toString("base64") });
    pageToken = page.nextPageToken;
    if (pageToken === "") return told;
  }
}

const begin = (edge: Edge) =>
  edge.client(TimeService).skipTo({
    worldId: edge.world,
    idempotencyKey: "bench-skip",
    target: { case: "toGs", value: TARGET_GS },
  });

/** The clock is there, and the weather has followed it. */
async function arrived(edge: Edge): Promise<boolean> {
  const { now } = await edge.client(TimeService).getClock({ worldId: edge.world });
  const { atGs } = await edge.client(WeatherService).getWeather({ worldId: edge.world, regionIds: [] });
  return (now?.atGs ?? 0) >= TARGET_GS && atGs >= Math.floor(TARGET_GS / 3_600) * 3_600;
}

async function settle(edge: Edge): Promise<Told[]> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await arrived(edge)) && performance.now() < untilMs) await wait(LOOK_MS);
  for (let before = -1; ; await wait(500)) {
    const told = await journalOf(edge);
    if (told.length === before) return told;
    before = told.length;
  }
}

async function run(
  kills: number,
): Promise<{ told: Told[]; weather: string; killed: number; seconds: number }> {
  const data = mkdtempSync(join(tmpdir(), "orrery-skip-"));
  let orrery = await startOrrery(data, undefined, ["--rate", RATE]);
  try {
    const startMs = performance.now();
    await begin(orrery.edge);
    let killed = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const { cursorGs } = await orrery.edge.client(TimeService).getSkip({ worldId: orrery.edge.world });
      if (cursorGs >= TARGET_GS) break;
      await wait(30 * kill);
      await orrery.kill();
      killed += 1;
      orrery = await startOrrery(data, undefined, ["--rate", RATE]);
    }
    const told = await settle(orrery.edge);
    const seconds = (performance.now() - startMs) / 1000;
    const { regions } = await orrery.edge
      .client(WeatherService)
      .getWeather({ worldId: orrery.edge.world, regionIds: [] });
    const weather = JSON.stringify(regions, (_, value) =>
      typeof value === "bigint" ? String(value) : value,
    );
    return { told, weather, killed, seconds };
  } finally {
    await orrery.kill();
    rmSync(data, { recursive: true, force: true });
  }
}

const calm = await run(0);
const disturbed = await run(Number(values.kills));
/** The order between lanes is not the same twice; within a type it is. */
const ofType = (told: readonly Told[], type: string) =>
  told.filter((event) => event.type === type).map(({ key, bytes }) => `${key} ${bytes}`);
const types = new Set([...calm.told, ...disturbed.told].map(({ type }) => type));
const differs = [...types].filter(
  (type) => ofType(calm.told, type).join("\n") !== ofType(disturbed.told, type).join("\n"),
);
const count = (type: string) => disturbed.told.filter((event) => event.type === type).length;
const result = {
  days: Number(values.days),
  killed: disturbed.killed,
  hours: count("time.v1.HourChanged"),
  phases: count("time.v1.PhaseChanged"),
  activations: count("time.v1.DayActivated") + count("time.v1.NightActivated"),
  events: disturbed.told.length,
  calmEvents: calm.told.length,
  differs,
  sameWeather: calm.weather === disturbed.weather,
  calmSeconds: calm.seconds,
};
console.log(values.json ? JSON.stringify(result) : result);
process.exit(differs.length === 0 && result.sameWeather && calm.told.length > 0 ? 0 : 1);
