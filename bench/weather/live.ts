// A running weather-manager: 1,000 regions at an hour a second, and how fast it answers:
// node bench/weather/live.ts [--seconds 25] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { openEmbeddedTransport } from "@orrery/bus";
import { OPERATOR_TYPES } from "@orrery/cli/run/operator.ts";
import { loadService } from "@orrery/cli/run/services.ts";
import { fingerprint } from "@orrery/schema/registry";
import { TokenService } from "@orrery/schema/router/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { type Pack, WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, startHost, systemClock } from "@orrery/service";
import { enlarged, hollowmere } from "./valley.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "25" }, json: { type: "boolean", default: false } },
});
const seconds = Number(values.seconds);
const HOUR_GS = 3_600;
/** An hour a second. */
const RATE = 3_600;
const REGIONS = 1_000;
const CALLS_PER_S = 1_000;
const CALL_SECONDS = 5;
const FORECASTS = 200;
/** No divisor of a second: readings fall everywhere between two hours. */
const LOOK_MS = 170;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (list: number[], share: number) =>
  list.sort((a, b) => a - b)[Math.floor((list.length - 1) * share)] ?? Number.NaN;

const data = mkdtempSync(join(process.cwd(), ".bench-weather-"));
const log = createLogger("error");
const host = await startHost({
  services: await Promise.all(["time-manager", "weather-manager", "router"].map((id) => loadService(id))),
  transport: openEmbeddedTransport({ dir: join(data, "bus"), exclusive: true, clock: systemClock, log }),
  storeUrl: (id) => join(data, `${id}.db`),
  outsideTypes: OPERATOR_TYPES,
  env: {},
  log,
  port: 0,
});

async function create(worldId: string, rate: number, pack: Pack): Promise<void> {
  const { bus } = host.surroundings;
  const operator = bus.publisher({ source: "operator", world: worldId, fingerprint });
  await operator.publish(WorldCreated, { worldId, seed: worldId, epochMs: Date.now(), rate, pack });
  await operator.close();
  const there = () =>
    weather.getWeather({ worldId, regionIds: [] }).then(
      () => true,
      () => false,
    );
  while (!(await there())) await wait(LOOK_MS);
}

const admin = { role: "admin", id: "bench", scopes: [] } as const;
const time = host.directory.client(TimeService, admin);
const weather = host.directory.client(WeatherService, admin);
try {
  const pack = await hollowmere();
  await create("wide", RATE, enlarged(pack, REGIONS));
  /** Game hours that the weather is behind the clock's last full one. */
  async function behind(): Promise<number> {
    const { now } = await time.getClock({ worldId: "wide" });
    const { atGs } = await weather.getWeather({ worldId: "wide", regionIds: [] });
    return Math.floor((now?.atGs ?? 0) / HOUR_GS) - atGs / HOUR_GS;
  }
  await wait(3_000);
  const lags: number[] = [];
  const startGs = (await time.getClock({ worldId: "wide" })).now?.atGs ?? 0;
  for (const untilMs = performance.now() + seconds * 1000; performance.now() < untilMs; await wait(LOOK_MS))
    lags.push(await behind());
  const hours = ((await time.getClock({ worldId: "wide" })).now?.atGs ?? 0) / HOUR_GS - startGs / HOUR_GS;
  const third = Math.floor(lags.length / 3);
  const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [early, late] = [mean(lags.slice(0, third)), mean(lags.slice(-third))];
  await time.hold({ worldId: "wide", name: "bench", idempotencyKey: "bench-hold" });

  // The default valley, asked as clients ask: over HTTP, through the door.
  await create("vale", 60, pack);
  const baseUrl = host.url as string;
  const issuer = createClient(TokenService, createConnectTransport({ baseUrl, httpVersion: "1.1" }));
  const { token } = await issuer.issue({ deviceId: "bench" });
  const outside = createClient(
    WeatherService,
    createConnectTransport({
      baseUrl,
      httpVersion: "1.1",
      useBinaryFormat: true,
      interceptors: [
        (next) => (request) => {
          request.header.set("authorization", `Bearer ${token}`);
          return next(request);
        },
      ],
    }),
  );
  const calls: Promise<void>[] = [];
  const took: number[] = [];
  const beganMs = performance.now();
  for (let made = 0; made < CALLS_PER_S * CALL_SECONDS; ) {
    const due = Math.floor(((performance.now() - beganMs) / 1000) * CALLS_PER_S);
    for (; made < due; made++) {
      const startMs = performance.now();
      const call = weather.getWeather({ worldId: "vale", regionIds: [] });
      calls.push(call.then(() => void took.push(performance.now() - startMs)));
    }
    await wait(1);
  }
  await Promise.all(calls);
  async function forecasts(client: typeof weather): Promise<number[]> {
    const list: number[] = [];
    for (let at = 0; at < FORECASTS; at++) {
      const startMs = performance.now();
      await client.getForecast({ worldId: "vale", regionId: "region:mill-vale", hours: 168 });
      list.push(performance.now() - startMs);
    }
    return list;
  }
  const inside = await forecasts(weather);
  const overHttp = await forecasts(outside);
  const result = {
    regions: REGIONS,
    hours,
    lagHoursEarly: early,
    lagHoursLate: late,
    lagHoursMost: Math.max(...lags),
    getWeatherPerS: took.length / CALL_SECONDS,
    getWeatherP99Ms: quantile(took, 0.99),
    cachedForecastP50Ms: quantile(inside, 0.5),
    httpForecastP50Ms: quantile(overHttp, 0.5),
    httpForecastP99Ms: quantile(overHttp, 0.99),
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await host.stop();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
