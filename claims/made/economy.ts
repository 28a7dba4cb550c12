import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";

interface Years {
  readonly years: number;
  readonly seeds: number;
  readonly msAnHour: number;
  readonly shortagesAYear: readonly number[];
  readonly unexplained: number;
  readonly worstUnmet: number;
  readonly worstImbalance: number;
  readonly moneyMissing: number;
  readonly outOfBounds: number;
  readonly staples: readonly (readonly {
    readonly id: string;
    readonly p5: number;
    readonly p95: number;
  }[])[];
}

const [FEWEST, MOST] = [20, 90];
const UNMET = 0.15;
const IMBALANCE = 1e-6;
const [CHEAPEST, DEAREST] = [0.4, 5];
const SEEDS = Array.from({ length: 20 }, (_, at) => `seed-${at + 1}`);

interface Speed {
  readonly markets: number;
  readonly hourMs: number;
  readonly largeMarkets: number;
  readonly largeHourMs: number;
}

const [HOUR_MS, LARGE_HOUR_MS] = [2, 60];

export const claims: readonly Claim[] = [
  {
    id: "economy.speed",
    sentence: "An hour of a valley's markets costs nothing to speak of, and one of a country little",
    measured:
      "the markets of Hollowmere and of a land of 500 regions and 24 goods in memory, median of 40 hours after 20 (bench/economy/speed.ts)",
    threshold: `${HOUR_MS} ms an hour, ${LARGE_HOUR_MS} ms of the large one`,
    async run() {
      const { markets, hourMs, largeMarkets, largeHourMs } = await benchJson<Speed>("bench/economy/speed.ts");
      const figure = `${markets} markets ${hourMs} ms, ${largeMarkets} markets ${largeHourMs} ms an hour`;
      return { status: hourMs < HOUR_MS && largeHourMs < LARGE_HOUR_MS ? "pass" : "fail", figure };
    },
  },
  {
    id: "economy.years",
    sentence:
      "Years of the valley: prices in bounds, shortages that have a cause, nobody starves for long, and the books add up to the penny",
    measured:
      "the markets of Hollowmere in memory under weather-manager's own weather, a year of two seeds, with --full ten years of twenty (bench/economy)",
    threshold: `every price within .2 to 6 of its base, staples' p5 to p95 within ${CHEAPEST} to ${DEAREST}; ${FEWEST} to ${MOST} shortages a year, each with its why; under ${UNMET * 100} % unmet of each good; books to ${IMBALANCE}, money exact`,
    async run(full) {
      const given = full ? ["--years", "10", "--seeds", SEEDS.join()] : [];
      const found = await benchJson<Years>("bench/economy/main.ts", ...given);
      const { shortagesAYear, worstUnmet, worstImbalance, moneyMissing, outOfBounds, unexplained } = found;
      const staples = found.staples.flat();
      const well =
        outOfBounds === 0 &&
        unexplained === 0 &&
        moneyMissing === 0 &&
        worstImbalance < IMBALANCE &&
        worstUnmet < UNMET &&
        shortagesAYear.every((count) => count >= FEWEST && count <= MOST) &&
        staples.every(({ p5, p95 }) => p5 >= CHEAPEST && p95 <= DEAREST);
      const range = `${Math.min(...staples.map(({ p5 }) => p5))} to ${Math.max(...staples.map(({ p95 }) => p95))}`;
      const figure = `${found.seeds} x ${found.years} years: ${shortagesAYear.join(", ")} shortages a year, ${unexplained} without a why; staples ${range} of their base; at most ${(worstUnmet * 100).toFixed(1)} % unmet; books off by ${worstImbalance.toExponential(0)}, ${moneyMissing} pennies; ${found.msAnHour} ms an hour`;
      return { status: well ? "pass" : "fail", figure };
    },
  },
];
