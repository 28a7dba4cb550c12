import { packErrors } from "../errors.ts";
import type { PartFiles, Parts } from "../parts.ts";
import type { Path, Report } from "../problem.ts";

const SHARE_SLACK = 1e-6;

/** Shares of kinds add up; thresholds and alert levels are in order. */
export function checkWeather(parts: Parts, files: PartFiles, report: Report): void {
  parts.climates.climates.forEach((climate, i) => {
    for (const season of ["spring", "summer", "autumn", "winter"] as const) {
      const { low, high, cold, warm } = climate[season];
      const sum = low + high + cold + warm;
      if (Math.abs(sum - 1) > SHARE_SLACK) {
        const message = `${climate.id}, ${season}: low, high, cold and warm add up to ${sum.toFixed(3)}`;
        report.add(packErrors.PACK_SHARES, files.climates, ["climates", i, season], message);
      }
    }
  });
  const file = files.weather;
  const rising = (at: Path, steps: readonly (readonly [string, number | undefined])[]) => {
    const given = steps.filter((step): step is readonly [string, number] => step[1] !== undefined);
    given.slice(1).forEach(([key, value], i) => {
      const [lower, least] = given[i] as readonly [string, number];
      if (value > least) return;
      report.add(
        packErrors.PACK_THRESHOLDS,
        file,
        [...at, key],
        `${key} (${value}) is not beyond ${lower} (${least})`,
      );
    });
  };
  const t = parts.weather.thresholds;
  const among = (...keys: (keyof typeof t)[]) =>
    rising(
      ["thresholds"],
      keys.map((key) => [key, t[key]] as const),
    );
  among("mist", "fog");
  among("clear_cloud", "partly_cloud");
  among("wet_mm_h", "rain_mm_h", "heavy_rain_mm_h");
  among("wet_mm_h", "heavy_snow_mm_h");
  among("snow_c", "sleet_c", "storm_c");
  among("windy_kmh", "gale_kmh");
  among("extreme_cold_c", "extreme_heat_c");
  for (const [kind, { advisory, warning, emergency }] of Object.entries(parts.weather.alerts)) {
    const sign = kind === "cold" || kind === "fog" ? -1 : 1;
    const signed = (value: number | undefined) => (value === undefined ? undefined : sign * value);
    rising(
      ["alerts", kind],
      [
        ["advisory", signed(advisory)],
        ["warning", signed(warning)],
        ["emergency", signed(emergency)],
      ],
    );
  }
}
