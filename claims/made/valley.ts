import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";

interface Chains {
  readonly days: number;
  readonly livedS: number;
  readonly events: number;
  readonly chains: number;
  readonly longest: number;
  readonly ends: readonly string[];
  readonly wrong: readonly string[];
}

interface WhatIf {
  readonly livedS: number;
  readonly differences: number;
  readonly byKind: Readonly<Record<string, number>>;
  readonly fromWeather: number;
  readonly words: readonly string[];
}

interface Histories {
  readonly days: number;
  readonly happened: readonly (readonly [kind: string, one: number, other: number])[];
  readonly apart: number;
  readonly sameAgain: boolean;
  readonly otherBytes: boolean;
  readonly seconds: readonly number[];
}

interface MarketDay {
  readonly kills: number;
  readonly people: number;
  readonly acts: number;
  readonly moves: number;
  readonly broken: readonly string[];
  readonly replay: readonly string[];
}

const SAMPLE = 20;
const [PEOPLE, KINDS] = [20, 3];
const APART = 1 / 3;

export const claims: readonly Claim[] = [
  {
    id: "world.chains",
    long: true,
    sentence:
      "Why anything happens can be followed through the journal: from the weather over roads and shortages to what people say and think of each other",
    measured: `Hollowmere lives 36 days by fast-forward; \`orrery bus causes --sample ${SAMPLE} --length 5 --services 4 --seed 1\` draws chains, and each link is read again by its id (bench/valley/chains.ts)`,
    threshold: `${SAMPLE} chains of five events or more over four services or more, from a root on, each event named as cause in the envelope of the next`,
    async run() {
      const { chains, longest, ends, wrong, events, days, livedS } =
        await benchJson<Chains>("bench/valley/chains.ts");
      const figure = `${chains} of ${SAMPLE} chains, up to ${longest} links, ending in ${ends.join(", ")}; ${days} days, ${events.toLocaleString("en-US")} events, ${livedS} s`;
      const well = chains === SAMPLE && wrong.length === 0;
      return { status: well ? "pass" : "fail", figure: wrong[0] ? `${wrong[0]}; ${figure}` : figure };
    },
  },
  {
    id: "world.what-if",
    long: true,
    sentence: "Without one storm a week goes otherwise, and it can be said whose, how and why",
    measured:
      "a storm of two days is ordered for Market Vale; at noon before it the world is forked twice, one fork drops it; a week in both, then `orrery world diff --in-words` (bench/valley/what-if.ts)",
    threshold: `the lives of ${PEOPLE} people or more, and ${KINDS} kinds of other things; at least half of all lead back to the weather by causes that events name`,
    async run() {
      const { differences, byKind, fromWeather, words, livedS } =
        await benchJson<WhatIf>("bench/valley/what-if.ts");
      const { person = 0, ...others } = byKind;
      const because = fromWeather / differences;
      const well = person >= PEOPLE && Object.keys(others).length >= KINDS && because >= 0.5;
      const kinds = Object.entries(byKind).map(([kind, count]) => `${count} ${kind}`);
      const figure = `${differences} differences (${kinds.join(", ")}), ${(because * 100).toFixed(0)} % lead back to the weather; ${livedS} s for both weeks; first: ${words[0]}`;
      return { status: well ? "pass" : "fail", figure };
    },
  },
  {
    id: "npc.histories",
    long: true,
    sentence: "Another seed is another history, and the same seed the same one to the byte",
    measured:
      "30 days of the valley's weather, markets, factions and people together in memory, of two seeds, and one of them again: quarrels, prices over 1.5 of their base, land that changed hands, deaths, as sets of who or what and the day (bench/valley/histories.ts)",
    threshold: "a third or more of what happened in either happened in one alone; the same bytes again",
    async run() {
      const { apart, sameAgain, otherBytes, happened, days, seconds } =
        await benchJson<Histories>("bench/valley/histories.ts");
      const counts = happened.map(([kind, one, other]) => `${one} and ${other} ${kind}`);
      const figure = `${(apart * 100).toFixed(0)} % in one alone (${counts.join(", ")}); again ${sameAgain ? "the same bytes" : "OTHER BYTES"}; ${days} days in ${Math.max(...seconds)} s at most`;
      return { status: apart >= APART && sameAgain && otherBytes ? "pass" : "fail", figure };
    },
  },
  {
    id: "world.market-day",
    sentence:
      "A market day that is killed over and over is told whole: nobody does a thing twice or leaves it out",
    measured:
      "the sixth day of the valley, an hour in two seconds to twelve, kill -9 of the program at random moments, 8 times (50 with --full); every act and way of everybody, then the replay (bench/valley/market-day.ts)",
    threshold: "no act or way without its beginning, none twice; every service PASS",
    async run(full) {
      const given = ["--kills", full ? "50" : "8"];
      const { kills, people, acts, moves, broken, replay } = await benchJson<MarketDay>(
        "bench/valley/market-day.ts",
        ...given,
      );
      const passed = replay.filter((verdict) => verdict === "PASS").length;
      const well = kills >= (full ? 50 : 4) && acts > 0 && broken.length === 0 && passed === replay.length;
      const figure = `${kills} kills; ${acts.toLocaleString("en-US")} acts and ${moves.toLocaleString("en-US")} stretches of ${people} people, ${broken.length} broken; ${passed} of ${replay.length} states PASS`;
      return { status: well ? "pass" : "fail", figure: broken[0] ? `${broken[0]}; ${figure}` : figure };
    },
  },
];
