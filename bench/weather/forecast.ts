// A year of forecasts against what came: node bench/weather/forecast.ts [--days 360] [--seed s] [--json]
import { parseArgs } from "node:util";
import { Confidence } from "@orrery/schema/weather/v1";
import { calibrate, modelOf } from "@orrery/weather-manager/measure";
import { hollowmere } from "./valley.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "360" },
    seed: { type: "string", default: "forecast" },
    json: { type: "boolean", default: false },
  },
});
const { land, climates, weather: rules, calendar } = await hollowmere();
const model = modelOf({ land, climates, rules, calendar });
// A height, a dale, the valley floor and the fen.
const sites = [1, 6, 9, 14].map((index) => model.sites[index]!);
const { classes, wetSkill, bandShare, forecasts } = calibrate(model, {
  days: Number(values.days),
  seed: values.seed,
  sites,
  everyH: 6,
  hours: 48,
});

const names = new Map(Object.entries(Confidence).map(([name, number]) => [number as number, name]));
const rows = [...classes].map(([confidence, tally]) => ({
  confidence: names.get(confidence as number),
  ...tally,
  ok: Math.abs(tally.claimed - tally.came) <= 0.07,
}));
const skill = (lead: number) => wetSkill.get(lead) ?? Number.NaN;
const skilled = skill(3) > 0.6 && skill(12) > 0.4 && skill(24) > 0;
const banded = bandShare >= 0.74 && bandShare <= 0.86;
const passed = skilled && banded && rows.every(({ ok }) => ok);
if (values.json) {
  console.log(
    JSON.stringify({ passed, forecasts, classes: rows, wetSkill: Object.fromEntries(wetSkill), bandShare }),
  );
} else {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  for (const { confidence, claimed, came, count, ok } of rows)
    console.log(
      `${ok ? "ok  " : "FAIL"} ${confidence}: claimed ${percent(claimed)}, came true ${percent(came)} of ${count} hours`,
    );
  console.log(
    `${skilled ? "ok  " : "FAIL"} Brier skill for wet hours: ${skill(3).toFixed(2)} at 3 h, ${skill(12).toFixed(2)} at 12 h, ${skill(24).toFixed(2)} at 24 h`,
  );
  console.log(
    `${banded ? "ok  " : "FAIL"} 10-90 % band of temperature holds ${percent(bandShare)}; ${forecasts} forecasts`,
  );
}
process.exitCode = passed ? 0 : 1;
