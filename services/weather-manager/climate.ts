import type { ClimateSummary, Condition } from "@orrery/schema/weather/v1";
import { isWet } from "./graph.ts";

/** What a summary is made of: one region's hour. */
export interface ClimateHour {
  readonly season: number;
  readonly condition: Condition;
  readonly temperatureC: number;
  readonly precipMmH: number;
  readonly windKmh: number;
}

type Summary = Omit<ClimateSummary, "$typeName" | "$unknown">;

/** Shares and means by season. */
export interface ClimateTally {
  add(hour: ClimateHour): void;
  seasons(): Summary[];
}

interface Sums {
  hours: number;
  wet: number;
  temperature: number;
  least: number;
  most: number;
  precip: number;
  wind: number;
  readonly conditions: Map<Condition, number>;
}

export function climateTally(): ClimateTally {
  const bySeason = new Map<number, Sums>();
  return {
    add({ season, condition, temperatureC, precipMmH, windKmh }) {
      let sums = bySeason.get(season);
      if (sums === undefined) {
        sums = {
          hours: 0,
          wet: 0,
          temperature: 0,
          least: Infinity,
          most: -Infinity,
          precip: 0,
          wind: 0,
          conditions: new Map(),
        };
        bySeason.set(season, sums);
      }
      sums.hours += 1;
      if (isWet(condition)) sums.wet += 1;
      sums.temperature += temperatureC;
      sums.least = Math.min(sums.least, temperatureC);
      sums.most = Math.max(sums.most, temperatureC);
      sums.precip += precipMmH;
      sums.wind += windKmh;
      sums.conditions.set(condition, (sums.conditions.get(condition) ?? 0) + 1);
    },
    seasons: () =>
      [...bySeason]
        .sort(([a], [b]) => a - b)
        .map(([season, sums]) => ({
          season: season as Summary["season"],
          hours: sums.hours,
          meanTemperatureC: sums.temperature / sums.hours,
          minTemperatureC: sums.least,
          maxTemperatureC: sums.most,
          wetShare: sums.wet / sums.hours,
          precipMmPerDay: (sums.precip / sums.hours) * 24,
          meanWindKmh: sums.wind / sums.hours,
          conditions: [...sums.conditions]
            .sort((a, b) => b[1] - a[1])
            .map(([condition, count]) => ({
              $typeName: "weather.v1.ConditionShare" as const,
              condition,
              share: count / sums.hours,
            })),
        })),
  };
}
