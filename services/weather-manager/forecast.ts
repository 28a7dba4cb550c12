import {
  Condition,
  type ConditionChance,
  Confidence,
  type ForecastHour,
  type Spread,
} from "@orrery/schema/weather/v1";
import type { Random } from "@orrery/simulation/define";
import type { Climatology, Quantiles } from "./climatology.ts";
import { type Present, runEnsemble } from "./ensemble.ts";
import { climateC } from "./fields.ts";
import { isWet } from "./graph.ts";
import { HOUR_GS } from "./hour.ts";
import type { Model, Site } from "./model.ts";
import { quantile } from "./quantile.ts";

export const MEMBERS = 16;
const CONDITIONS = 14;
const FADES_FROM_H = 72;
const FADED_AT_H = 168;

/**
 * This many members' worth of the usual weather is mixed into the shares: the most frequent of so few members is
 * claimed too often otherwise (bench/weather prints claims against what came).
 */
const PRIOR_MEMBERS = 2;

/**
 * What comes in a region, hour by hour: 16 members from the present and the systems that are known, each with draws
 * of its own; quantiles at i/17; past 72 h it fades to what is usual. Changes nothing.
 * @param hours 1..168
 */
export function forecast(
  model: Model,
  present: Present,
  site: Site,
  hours: number,
  usual: Climatology,
  random: (member: number) => Random,
): ForecastHour[] {
  const rows = Array.from({ length: hours }, () => ({
    counts: new Float64Array(CONDITIONS),
    temperatureC: new Float64Array(MEMBERS),
    precipMmH: new Float64Array(MEMBERS),
    windKmh: new Float64Array(MEMBERS),
  }));
  runEnsemble(
    model,
    present,
    { members: MEMBERS, hours, sites: [site], random },
    (ahead, member, _place, air) => {
      const row = rows[ahead - 1]!;
      row.counts[air.condition as number]! += 1;
      row.temperatureC[member] = air.temperatureC;
      row.precipMmH[member] = isWet(air.condition) ? air.rainMmH : 0;
      row.windKmh[member] = air.windKmh;
    },
  );
  return rows.map((row, i) => {
    const ahead = i + 1;
    const hour = model.seasons.hourAt(present.atGs + ahead * HOUR_GS);
    const then = usual.at(hour);
    const fade = Math.min(1, Math.max(0, (ahead - FADES_FROM_H) / (FADED_AT_H - FADES_FROM_H)));
    const shares = row.counts.map((count, condition) => {
      const believed = (count + PRIOR_MEMBERS * then.shares[condition]!) / (MEMBERS + PRIOR_MEMBERS);
      return believed * (1 - fade) + then.shares[condition]! * fade;
    });
    const temperature = then.departureC.map(
      (departure) => departure + climateC(site, hour),
    ) as unknown as Quantiles;
    return {
      $typeName: "weather.v1.ForecastHour",
      atGs: hour.atGs,
      ...chancesOf(shares),
      temperatureC: spreadOf(row.temperatureC, temperature, fade),
      precipMmH: spreadOf(row.precipMmH, then.precipMmH, fade),
      windKmh: spreadOf(row.windKmh, then.windKmh, fade),
    };
  });
}

function chancesOf(
  shares: Float64Array,
): Pick<ForecastHour, "condition" | "chances" | "wetProbability" | "confidence" | "confidenceClass"> {
  const chances: ConditionChance[] = [];
  let wet = 0;
  shares.forEach((probability, number) => {
    const condition = number as Condition;
    if (isWet(condition)) wet += probability;
    if (probability >= 0.005)
      chances.push({ $typeName: "weather.v1.ConditionChance", condition, probability });
  });
  chances.sort((a, b) => b.probability - a.probability || (a.condition as number) - (b.condition as number));
  const best = chances[0]!;
  return {
    condition: best.condition,
    chances,
    wetProbability: wet,
    confidence: best.probability,
    confidenceClass: confidenceOf(best.probability),
  };
}

export function confidenceOf(probability: number): Confidence {
  if (probability >= 0.8) return Confidence.SURE;
  if (probability >= 0.6) return Confidence.LIKELY;
  return probability >= 0.4 ? Confidence.POSSIBLE : Confidence.GUESS;
}

function spreadOf(members: Float64Array, usual: Quantiles, fade: number): Spread {
  members.sort();
  const mixed = (share: number, then: number) => quantile(members, share) * (1 - fade) + then * fade;
  return {
    $typeName: "weather.v1.Spread",
    p10: mixed(0.1, usual[0]),
    p50: mixed(0.5, usual[1]),
    p90: mixed(0.9, usual[2]),
  };
}
