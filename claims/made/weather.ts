import type { Claim } from "../claim.ts";
import { benchJson, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

/** A bench/weather program prints lines that begin with ok or FAIL; one FAIL is a failure. */
function weatherClaim(
  id: string,
  sentence: string,
  program: string,
  threshold: string,
  args: (full: boolean) => readonly string[] = () => [],
): Claim {
  return {
    id: `weather-manager.${id}`,
    sentence,
    measured: `bench/weather/${program}`,
    threshold,
    async run(full) {
      const { code, stdout } = await runProgram([`bench/weather/${program}`, ...args(full)]);
      const lines = stdout.trim().split("\n");
      const bad = lines.filter((line) => line.includes("FAIL"));
      const well = code === 0 && bad.length === 0 && lines.some((line) => line.startsWith("ok"));
      return {
        status: well ? "pass" : "fail",
        figure: (bad.length > 0 ? bad : lines).map((line) => line.replace(/^ok\s+/, "")).join("; "),
      };
    },
  };
}

interface Live {
  readonly regions: number;
  readonly hours: number;
  readonly lagHoursEarly: number;
  readonly lagHoursLate: number;
  readonly lagHoursMost: number;
  readonly getWeatherPerS: number;
  readonly getWeatherP99Ms: number;
  readonly cachedForecastP50Ms: number;
  readonly httpForecastP50Ms: number;
}

const live = (full: boolean) => benchJson<Live>("bench/weather/live.ts", "--seconds", full ? "600" : "20");

export const claims: readonly Claim[] = [
  weatherClaim(
    "climate",
    "Ten simulated years have the shares and means of the page",
    "climate.ts",
    "wet hours and mean temperature by season",
  ),
  weatherClaim(
    "forecast",
    "Forecasts are as confident as they are right",
    "forecast.ts",
    "classes ± 7 points; Brier skill > .6, .4, 0 at 3, 12, 24 h; band 74-86 %",
  ),
  weatherClaim(
    "speed",
    "A step and a forecast take milliseconds",
    "speed.ts",
    "16 regions < 1 ms, 1,000 < 60 ms, 168 h forecast < 60 ms",
  ),
  weatherClaim(
    "invariants",
    "No hour of simulated years breaks an invariant",
    "century.ts",
    "0 broken",
    (full) => ["--years", full ? "100" : "5"],
  ),
  {
    id: "weather-manager.live",
    sentence: "1,000 regions at an hour a second stay with their clock",
    measured:
      "log and database on disk, 20 s, with --full 10 minutes; hours behind the clock, first third against last (bench/weather/live.ts)",
    threshold: "at most 1 hour behind, and no further at the end",
    async run(full) {
      const { regions, hours, lagHoursEarly, lagHoursLate, lagHoursMost } = await live(full);
      const well =
        regions >= 1_000 && hours > 15 && lagHoursMost <= 1 && lagHoursLate <= lagHoursEarly + 0.25;
      const figure = `${regions} regions, ${hours.toFixed(0)} hours: ${lagHoursEarly.toFixed(2)} h behind at first, ${lagHoursLate.toFixed(2)} h at last, ${lagHoursMost} h at most`;
      return { status: well ? "pass" : "fail", figure };
    },
  },
  {
    id: "weather-manager.answers",
    sentence: "The weather of the valley a thousand times a second, and a forecast that was made already",
    measured:
      "GetWeather of 16 regions and GetForecast of 168 h, answered within the process; a forecast over HTTP beside it (the same program)",
    threshold: "p99 under 5 ms at 1,000/s; median under 2 ms",
    async run(full) {
      const { getWeatherPerS, getWeatherP99Ms, cachedForecastP50Ms, httpForecastP50Ms } = await live(full);
      const well = getWeatherPerS >= 990 && getWeatherP99Ms < 5 && cachedForecastP50Ms < 2;
      const figure = `${getWeatherPerS.toFixed(0)}/s, p99 ${getWeatherP99Ms.toFixed(1)} ms; forecast ${cachedForecastP50Ms.toFixed(1)} ms, over HTTP ${httpForecastP50Ms.toFixed(1)} ms`;
      return { status: well ? "pass" : "fail", figure };
    },
  },
  tested({
    id: "weather-manager.day",
    sentence: "A game day has at least twenty changes of condition over the valley, each to a neighbour",
    files: ["services/weather-manager/weather.test.ts"],
    titles: [
      "changes at least twenty skies, each to a neighbour, and tells each region at most once an hour",
    ],
  }),
  tested({
    id: "weather-manager.same",
    sentence:
      "The same seed and hours give the same bytes: played or skipped, stopped and gone on, with or without forecasts",
    files: ["services/weather-manager/weather.test.ts"],
    titles: [
      "gives the same bytes again from the same seed, others from another",
      "plays missing hours before the next: a skip ends as if it had been lived",
      "goes on from its stored bytes as if it had never stopped",
      "is not moved by a forecast",
    ],
  }),
  tested({
    id: "weather-manager.flood",
    sentence:
      "Three days of ordered rain flood the upper river first, then the lower, and one warning ends once",
    files: ["services/weather-manager/weather.test.ts", "services/weather-manager/ground.test.ts"],
    titles: [
      "floods the valley after three days of heavy rain, upper river first, and ends the warning once",
      "floods the upper river first, then the lower",
    ],
  }),
  tested({
    id: "weather-manager.winter",
    sentence:
      "Twenty winter days that are skipped leave more snow on the heights than in the valley; the thaw raises the river",
    files: ["services/weather-manager/winter.test.ts"],
  }),
];
