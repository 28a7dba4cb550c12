import { type Confidence, Condition } from "@orrery/schema/weather/v1";
import { type Streams, streamsOf } from "@orrery/simulation/define";
import { drawsOf, moveAir } from "./air-step.ts";
import { calmAir, climatologyOf } from "./climatology.ts";
import { type Air, NO_BIASES } from "./fields.ts";
import { forecast } from "./forecast.ts";
import { addPull, arrivals, clearPull, type Front, moveOn, noPull } from "./fronts.ts";
import { isWet } from "./graph.ts";
import { HOUR_GS } from "./hour.ts";
import type { Model, Site } from "./model.ts";

/** How forecasts of a span of simulated weather compare with what then came. */
export interface Calibration {
  /** By Confidence: how often its forecasts came true, what they claimed, how many there were. */
  readonly classes: ReadonlyMap<
    Confidence,
    { readonly claimed: number; readonly came: number; readonly count: number }
  >;
  /** By hours ahead: Brier skill of the wet probability against the usual share. */
  readonly wetSkill: ReadonlyMap<number, number>;
  /** Share of temperatures within the 10-90 % band. */
  readonly bandShare: number;
  readonly forecasts: number;
}

export interface CalibrationTerms {
  readonly days: number;
  readonly seed: string;
  readonly sites: readonly Site[];
  /** Hours between two forecasts. */
  readonly everyH: number;
  readonly hours: number;
}

const SPIN_UP_H = 240;
const LEADS = [3, 12, 24];

interface Lived {
  readonly condition: Condition;
  readonly temperatureC: number;
}

/** Lives some days, forecasting as they pass, and holds each forecast against what came. */
export function calibrate(model: Model, { days, seed, sites, everyH, hours }: CalibrationTerms): Calibration {
  const truth = streamsOf(seed, "weather-manager");
  const other = streamsOf(seed, "forecast");
  const usual = sites.map((site) => climatologyOf(model, site, streamsOf("usual", "climatology")));
  const end = days * 24 + hours;
  const lived = sites.map((): Lived[] => []);
  const presents: { number: number; systems: Front[]; airs: Air[] }[] = [];
  live(model, sites, truth, end, (number, systems, airs) => {
    airs.forEach((air, place) =>
      lived[place]!.push({ condition: air.condition, temperatureC: air.temperatureC }),
    );
    if (number % everyH === 0 && number < days * 24) {
      presents.push({
        number,
        systems: systems.map((front) => ({ ...front })),
        airs: airs.map((air) => ({ ...air })),
      });
    }
  });

  const classes = new Map<Confidence, { claimed: number; came: number; count: number }>();
  const brier = new Map(LEADS.map((lead) => [lead, { forecast: 0, usual: 0 }]));
  let within = 0;
  let total = 0;
  for (const { number, systems, airs } of presents) {
    sites.forEach((site, place) => {
      const present = {
        atGs: number * HOUR_GS,
        systems,
        biases: NO_BIASES,
        airOf: () => ({ ...airs[place]! }),
      };
      const random = (member: number) => other.stream("member", number, member, site.id);
      forecast(model, present, site, hours, usual[place]!, random).forEach((row, i) => {
        const came = lived[place]![number + i + 1]!;
        const tally = classes.get(row.confidenceClass) ?? { claimed: 0, came: 0, count: 0 };
        tally.claimed += row.confidence;
        tally.came += row.condition === came.condition ? 1 : 0;
        tally.count += 1;
        classes.set(row.confidenceClass, tally);
        total += 1;
        const { p10, p90 } = row.temperatureC!;
        if (came.temperatureC >= p10 && came.temperatureC <= p90) within += 1;
        const score = brier.get(i + 1);
        if (score === undefined) return;
        const wet = isWet(came.condition) ? 1 : 0;
        score.forecast += (row.wetProbability - wet) ** 2;
        score.usual += (usual[place]!.at(model.seasons.hourAt(row.atGs)).wet - wet) ** 2;
      });
    });
  }
  return {
    classes: new Map(
      [...classes].map(([key, { claimed, came, count }]) => [
        key,
        { claimed: claimed / count, came: came / count, count },
      ]),
    ),
    wetSkill: new Map([...brier].map(([lead, score]) => [lead, 1 - score.forecast / score.usual])),
    bandShare: within / total,
    forecasts: presents.length * sites.length,
  };
}

function live(
  model: Model,
  sites: readonly Site[],
  streams: Streams,
  hours: number,
  visit: (number: number, systems: readonly Front[], airs: readonly Air[]) => void,
): void {
  const systems: Front[] = [];
  const pull = noPull();
  const airs = sites.map((site) => calmAir(site, model.seasons.hourAt(-SPIN_UP_H * HOUR_GS)));
  for (let number = -SPIN_UP_H; number <= hours; number++) {
    const hour = model.seasons.hourAt(number * HOUR_GS);
    moveOn(systems);
    systems.push(...arrivals(model, hour, streams.stream("hour", number)));
    sites.forEach((site, place) => {
      clearPull(pull);
      addPull(systems, site, pull);
      moveAir(airs[place]!, site, hour, pull, drawsOf(streams, hour, site), NO_BIASES, model);
    });
    if (number >= 0) visit(number, systems, airs);
  }
}
