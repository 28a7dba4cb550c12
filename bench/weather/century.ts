// Every invariant of the weather page in every hour of a hundred years: node bench/weather/century.ts [--years 100]
import { parseArgs } from "node:util";
import { streamsOf } from "@orrery/simulation";
import { createAudit, createWeather, modelFor, stepHour } from "@orrery/weather-manager/measure";
import { created, hollowmere } from "./valley.ts";

const { values } = parseArgs({
  options: { years: { type: "string", default: "100" }, seed: { type: "string", default: "century" } },
});
const YEAR_H = 8_640;
const streams = streamsOf(values.seed, "weather-manager");
const state = createWeather(created(await hollowmere()), streams);
const model = modelFor(state);
const audit = createAudit(model);
let broken = 0;
for (let year = 1; year <= Number(values.years); year++) {
  for (let hour = 0; hour < YEAR_H; hour++) {
    stepHour(state, model, state.steppedGs + 3_600, streams);
    for (const what of audit.look(state)) if (broken++ < 20) console.log(what);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${year} years`);
}
console.log(
  `${broken === 0 ? "ok" : "FAIL"}  ${values.years} years of ${model.sites.length} regions, ${broken} broken invariants`,
);
process.exitCode = broken === 0 ? 0 : 1;
