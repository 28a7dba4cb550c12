import { AlertKind, AlertLevel, type WeatherSevere } from "@orrery/schema/weather/v1";
import { capital, word } from "./words.ts";

/** The worst that a region is warned of. */
export interface Warning {
  readonly regionId: string;
  readonly level: AlertLevel;
  /** `Blizzard warning`, with how many lesser ones there are besides: `Flood emergency, 1 more`. */
  readonly words: string;
}

/** @returns by region */
export function warningsOf(alerts: Iterable<WeatherSevere>): ReadonlyMap<string, Warning> {
  const byRegion = new Map<string, WeatherSevere[]>();
  for (const alert of alerts) byRegion.set(alert.regionId, [...(byRegion.get(alert.regionId) ?? []), alert]);
  return new Map(
    [...byRegion].map(([regionId, all]) => {
      const worst = all.reduce((one, other) => (other.level > one.level ? other : one));
      const more = all.length === 1 ? "" : `, ${all.length - 1} more`;
      const words = `${alertWords(worst)}${more}`;
      return [regionId, { regionId, level: worst.level, words }];
    }),
  );
}

export const alertWords = ({ kind, level }: Pick<WeatherSevere, "kind" | "level">): string =>
  capital(`${word(AlertKind, kind)} ${word(AlertLevel, level)}`);
