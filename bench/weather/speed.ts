// Step, forecast and a simulated year: node bench/weather/speed.ts [--json]
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { HourChanged } from "@orrery/schema/time/v1";
import { WeatherChanged, WeatherState } from "@orrery/schema/weather/v1";
import type { Pack } from "@orrery/schema/world/v1";
import { streamsOf } from "@orrery/simulation";
import { testWorld } from "@orrery/simulation/testing";
import { encodeBytes } from "@orrery/wire";
import {
  climatologyOf,
  createWeather,
  forecast,
  modelFor,
  presentOf,
  simulate,
  weather,
} from "@orrery/weather-manager/measure";
import { created, enlarged, hollowmere, START_GS } from "./valley.ts";

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const HOUR_GS = 3_600;
const WARM_UP_H = 48;
const median = (list: number[]) => list.sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** Milliseconds of an hour's step with its watches, alerts, events and bytes. */
function steps(pack: Pack, hours: number) {
  const world = testWorld(
    weather,
    { worldId: "bench", seed: "bench", atGs: START_GS, pack },
    "weather-manager",
  );
  const times: number[] = [];
  for (let hour = 1; hour <= WARM_UP_H + hours; hour++) {
    const began = performance.now();
    world.tell(HourChanged, { atGs: START_GS + hour * HOUR_GS });
    if (hour > WARM_UP_H) times.push(performance.now() - began);
    if (hour === WARM_UP_H) world.forget();
  }
  const regions = world.state.root.regions.length;
  const turned = world.emitted(WeatherChanged).filter(({ event }) => event.from !== event.condition).length;
  return {
    regions,
    stepMs: median(times),
    turnsARegionAndDay: turned / regions / (hours / 24),
    bytesARegion: encodeBytes(WeatherState, world.state.root).length / regions,
  };
}

const pack = await hollowmere();
const small = steps(pack, 960);
const large = steps(enlarged(pack, 1_000), 48);

const streams = streamsOf("bench", "weather-manager");
const state = createWeather(created(pack), streams);
const model = modelFor(state);
const site = model.sites[9]!;
const began = performance.now();
const usual = climatologyOf(model, site, streamsOf("usual", "climatology"));
const usualMs = performance.now() - began;
const times = Array.from({ length: 15 }, (_, i) => {
  const from = performance.now();
  forecast(model, presentOf(state, model), site, 168, usual, (member) =>
    streams.stream("forecast", i, member),
  );
  return performance.now() - from;
});
const from = performance.now();
simulate(state, 360, streams);
const yearS = (performance.now() - from) / 1_000;

const report = {
  machine: `${cpus().length} x ${cpus()[0]?.model}`,
  small,
  large,
  forecastMs: median(times),
  usualMs,
  yearS,
};
const passed =
  small.stepMs < 1 &&
  large.stepMs < 60 &&
  report.forecastMs + usualMs < 60 &&
  yearS < 5 &&
  small.bytesARegion < 4_096;
if (values.json) {
  console.log(JSON.stringify({ passed, ...report }));
} else {
  for (const { regions, stepMs, turnsARegionAndDay, bytesARegion } of [small, large]) {
    console.log(
      `${regions} regions: ${stepMs.toFixed(2)} ms a step, ${turnsARegionAndDay.toFixed(1)} changes a region and day, ${bytesARegion.toFixed(0)} B a region`,
    );
  }
  console.log(
    `forecast of 168 h: ${report.forecastMs.toFixed(1)} ms, the first of a region ${(report.forecastMs + usualMs).toFixed(1)} ms; a simulated year ${yearS.toFixed(2)} s`,
  );
  console.log(`${passed ? "ok" : "FAIL"}  on ${report.machine}`);
}
process.exitCode = passed ? 0 : 1;
