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
  readonly holderChangesAYear: readonly number[];
  readonly mostLands: readonly number[];
  readonly vanished: number;
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

/** Of sixteen regions. */
const [FEWEST_CHANGES, MOST_CHANGES, MOST_LANDS] = [4, 40, 10];
/** In so many of twenty lives one faction may come to hold more. */
const GREAT_REALMS = 2;

/** What years of the valley come to, and whether all of it is within its bounds. */
function judged(found: Years) {
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
  return { well, figure };
}

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
      "the markets of Hollowmere in memory under weather-manager's own weather, a year of two seeds (bench/economy)",
    threshold: `every price within .2 to 6 of its base, staples' p5 to p95 within ${CHEAPEST} to ${DEAREST}; ${FEWEST} to ${MOST} shortages a year, each with its why; under ${UNMET * 100} % unmet of each good; books to ${IMBALANCE}, money exact`,
    async run() {
      const { well, figure } = judged(await benchJson<Years>("bench/economy/main.ts"));
      return { status: well ? "pass" : "fail", figure };
    },
  },
  {
    id: "world-state.decade",
    long: true,
    sentence:
      "Ten years of twenty valleys: prices, shortages and books as in one; land changes hands, nobody comes to own it all, and nobody vanishes",
    measured:
      "the markets and factions of Hollowmere in memory under weather-manager's own weather, ten years of twenty seeds (bench/economy)",
    threshold: `as economy.years; ${FEWEST_CHANGES} to ${MOST_CHANGES} changes of holder a year; over ${MOST_LANDS} of 16 regions in one hand in at most ${GREAT_REALMS} of 20; none without land on any day`,
    async run() {
      const given = ["--years", "10", "--seeds", SEEDS.join()];
      const found = await benchJson<Years>("bench/economy/main.ts", ...given);
      const { well, figure } = judged(found);
      const { holderChangesAYear: changes, mostLands, vanished } = found;
      const great = mostLands.filter((lands) => lands > MOST_LANDS).length;
      const fair =
        changes.every((count) => count >= FEWEST_CHANGES && count <= MOST_CHANGES) &&
        great <= GREAT_REALMS &&
        vanished === 0;
      return {
        status: well && fair ? "pass" : "fail",
        figure: `${figure}; ${Math.min(...changes)} to ${Math.max(...changes)} changes of holder a year, at most ${Math.max(...mostLands)} of 16 regions in one hand`,
      };
    },
  },
];
