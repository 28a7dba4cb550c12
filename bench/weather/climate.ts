// Ten simulated years against the weather page: node bench/weather/climate.ts [--years 10] [--seed s] [--json]
import { parseArgs } from "node:util";
import { Condition } from "@orrery/schema/weather/v1";
import { streamsOf } from "@orrery/simulation";
import { createWeather, simulate } from "@orrery/weather-manager/measure";
import { created, hollowmere } from "./valley.ts";

const { values } = parseArgs({
  options: {
    years: { type: "string", default: "10" },
    seed: { type: "string", default: "climate" },
    json: { type: "boolean", default: false },
  },
});
const EXPECTED = [
  { season: "spring", wet: [0.12, 0.24], meanC: 9.5 },
  { season: "summer", wet: [0.02, 0.09], meanC: 21.6 },
  { season: "autumn", wet: [0.18, 0.32], meanC: 9.8 },
  { season: "winter", wet: [0.11, 0.24], meanC: -2.5 },
] as const;
const MEAN_SLACK_C = 1.5;

const streams = streamsOf(values.seed, "weather-manager");
const began = performance.now();
const seasons = simulate(
  createWeather(created(await hollowmere()), streams),
  Number(values.years) * 360,
  streams,
).seasons.seasons();
const seconds = (performance.now() - began) / 1_000;
const rows = seasons.map(({ wetShare, meanTemperatureC, precipMmPerDay, conditions }, i) => {
  const { season, wet, meanC } = EXPECTED[i]!;
  const hazy = conditions.reduce(
    (sum, { condition, share }) =>
      sum + (condition === Condition.MIST || condition === Condition.FOG ? share : 0),
    0,
  );
  const ok = wetShare >= wet[0] && wetShare <= wet[1] && Math.abs(meanTemperatureC - meanC) <= MEAN_SLACK_C;
  return { season, ok, wetShare, wet, meanTemperatureC, meanC, hazy, precipMmPerDay };
});
const hazyInAutumn = Math.max(...rows.map(({ hazy }) => hazy)) === rows[2]?.hazy;
const passed = hazyInAutumn && rows.every(({ ok }) => ok);
if (values.json) {
  console.log(JSON.stringify({ passed, years: Number(values.years), seconds, hazyInAutumn, seasons: rows }));
} else {
  for (const row of rows) {
    const wet = `${(row.wetShare * 100).toFixed(1)} % wet (${row.wet.map((share) => share * 100).join("-")})`;
    console.log(
      `${row.ok ? "ok  " : "FAIL"} ${row.season}  ${wet}  mean ${row.meanTemperatureC.toFixed(2)} °C (${row.meanC} ± ${MEAN_SLACK_C})  mist and fog ${(row.hazy * 100).toFixed(1)} %  ${row.precipMmPerDay.toFixed(1)} mm a day`,
    );
  }
  console.log(`${passed ? "ok" : "FAIL"}  ${values.years} years in ${seconds.toFixed(1)} s`);
}
process.exitCode = passed ? 0 : 1;
