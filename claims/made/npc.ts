import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";
import { tested } from "../tested.ts";

interface People {
  readonly people: number;
  readonly days: number;
  readonly cpuSeconds: number;
  readonly decisionsPerCpuSecond: number;
  readonly coreAt60: number;
  readonly longestMs: number;
  readonly stretchMs: number;
  readonly movesADay: number;
  readonly actsADay: number;
  readonly lowestNeed: number;
  readonly leastAtHomeByNight: number;
  readonly heapMb: readonly number[];
}

interface Year {
  readonly begun: number;
  readonly least: number;
  readonly most: number;
  readonly births: number;
  readonly migrants: number;
  readonly deaths: number;
  readonly causes: Readonly<Record<string, number>>;
  readonly outsideShare: number;
}

const MONTH_S = 60;
/** A year, of those who lived there: births and deaths, each within. */
const [FEWEST, MOST] = [0.005, 0.05];
/** How often a region may be out of its band for a morning: two deaths on one day in a hamlet. */
const OUTSIDE = 0.02;
const DECISIONS = 6_000;
const CORE = 0.6;
const STRETCH_MS = 50;
/** What is due may cost so much more where there is more of it. */
const LINEAR = 2;
const HOME = 0.9;
/** Live, over the second half of the days: from its first third to its last. */
const HEAP_GROWTH = 1.3;

const lives = (...args: readonly string[]) => benchJson<People>("bench/people/main.ts", ...args);

function isFlat(heapMb: readonly number[]): boolean {
  const half = heapMb.slice(heapMb.length >> 1);
  const third = Math.max(1, Math.floor(half.length / 3));
  const least = (some: readonly number[]) => Math.min(...some);
  return least(half.slice(-third)) <= HEAP_GROWTH * least(half.slice(0, third));
}

export const claims: readonly Claim[] = [
  {
    id: "npc.month",
    sentence:
      "Three hundred people live a month in a minute, go home by night, and none of their needs runs out",
    measured:
      "the people of Hollowmere alone in memory, minute by minute for 30 days, every decision live; CPU of the process (bench/people)",
    threshold: `${MONTH_S} s of a core; ${HOME * 100} % at home at two each night; no need of anybody at 0`,
    async run() {
      const found = await lives();
      const { cpuSeconds, lowestNeed, leastAtHomeByNight, movesADay, actsADay } = found;
      const well = cpuSeconds <= MONTH_S && leastAtHomeByNight >= HOME && lowestNeed > 0;
      const figure = `${cpuSeconds} s, ${(leastAtHomeByNight * 100).toFixed(0)} % at home, lowest need ${lowestNeed}; ${movesADay} moves and ${actsADay} acts a day`;
      return { status: well ? "pass" : "fail", figure };
    },
  },
  {
    id: "npc.population",
    sentence:
      "A valley lives through a year as a people: some are born, some die, and every region stays about as many",
    measured:
      "the people of Hollowmere alone in memory for a year of 360 days in steps of five minutes, nothing running out; every noon the people of each region against those at the beginning, to whole people (bench/people/years.ts)",
    threshold: `births and deaths each ${FEWEST * 100} to ${MOST * 100} % of the people; 85 to 115 % of them at every noon, and of each region at ${(1 - OUTSIDE) * 100} % of noons; nobody dies of hunger or cold`,
    long: true,
    async run() {
      const found = await benchJson<Year>("bench/people/years.ts");
      const { begun, least, most, births, migrants, deaths, causes, outsideShare } = found;
      const isUsual = [births, deaths].every((n) => n / begun >= FEWEST && n / begun <= MOST);
      const isHeld = least >= 0.85 * begun && most <= 1.15 * begun && outsideShare <= OUTSIDE;
      const isFed = (causes["HUNGER"] ?? 0) + (causes["EXPOSURE"] ?? 0) === 0;
      const died = Object.entries(causes).map(([cause, n]) => `${n} of ${cause}`);
      const figure = `${births} born, ${migrants} came, ${deaths} died (${died.join(", ")}); ${least} to ${most} people, a region outside at ${(outsideShare * 100).toFixed(1)} % of noons`;
      return { status: isUsual && isHeld && isFed ? "pass" : "fail", figure };
    },
  },
  {
    id: "npc.scale",
    sentence: "Ten thousand people take a small part of a core",
    measured:
      "10,000 people alone in memory at live detail for three days (with --full ten): share of a core at 60 game seconds a second, decisions a second of CPU, how long a minute holds the thread, heap at each midnight (bench/people)",
    threshold: `${CORE} of a core, ${DECISIONS} decisions a second of CPU, 99.9 % of minutes within ${STRETCH_MS} ms; with --full a flat heap too`,
    long: true,
    async run(full) {
      const found = await lives("--people", "10000", "--days", full ? "10" : "3");
      const { coreAt60, decisionsPerCpuSecond, heapMb, stretchMs, longestMs } = found;
      const quick = coreAt60 <= CORE && decisionsPerCpuSecond >= DECISIONS && stretchMs <= STRETCH_MS;
      const well = quick && (!full || isFlat(heapMb));
      const figure = `${coreAt60} of a core, ${decisionsPerCpuSecond.toLocaleString("en-US")} decisions a second of CPU, a minute in ${stretchMs} ms (the collector's longest ${longestMs}), heap ${Math.min(...heapMb)} to ${Math.max(...heapMb)} MB`;
      return { status: well ? "pass" : "fail", figure };
    },
  },
  {
    id: "npc.hundred-thousand",
    sentence: "A hundred thousand people, all of them at live detail, take a small part of a core",
    measured:
      "100,000 people alone in memory for a day, every decision live, nobody simplified: share of a core at 60 game seconds a second against 10,000 people's, heap at midnight (bench/people)",
    threshold: `${CORE} of a core, at most ${LINEAR} times as much a person as of 10,000`,
    long: true,
    async run() {
      const [few, many] = [
        await lives("--people", "10000", "--days", "1"),
        await lives("--people", "100000", "--days", "1"),
      ];
      const aPerson = ({ coreAt60, people }: People) => coreAt60 / people;
      const ratio = aPerson(many) / aPerson(few);
      const well = many.coreAt60 <= CORE && ratio <= LINEAR;
      const figure = `${many.coreAt60} of a core, ${ratio.toFixed(2)} times as much a person as of 10,000; heap ${Math.max(...many.heapMb)} MB, ${((Math.max(...many.heapMb) * 1_000) / many.people).toFixed(1)} KB a person`;
      return { status: well ? "pass" : "fail", figure };
    },
  },
  tested({
    id: "npc.shelter",
    sentence: "Dangerous weather sends everybody who is in the open there under a roof, and nobody elsewhere",
    files: ["services/npc-behavior/people.test.ts"],
    titles: ["makes everybody in the open there leave what they do and run for a roof, and nobody elsewhere"],
  }),
  tested({
    id: "npc.rumour",
    sentence:
      "What a player did before witnesses is known to more within a day, each memory leading back to the deed",
    files: ["services/npc-behavior/players/interact.test.ts"],
    titles: ["with a threat is remembered by all who saw it, and within a day by more who did not"],
  }),
  tested({
    id: "npc.witness",
    sentence:
      "A killing that one person saw is known to five within two days, the last of them by mouths that lead back to it",
    files: ["services/npc-behavior/talk/witness.test.ts"],
  }),
  tested({
    id: "npc.mistold",
    sentence:
      "What goes around changes on its way as the pack says, can be followed from mouth to mouth, and comes to beliefs with their reasons",
    files: ["services/npc-behavior/talk/rumours.test.ts", "packages/npc-mind/belief.test.ts"],
  }),
  tested({
    id: "npc.danger",
    sentence:
      "In danger whoever is near runs, stands up to it or cowers, remembers it, and is back at their day by and by",
    files: ["services/npc-behavior/danger/fright.test.ts", "packages/npc-mind/reflex.test.ts"],
  }),
  tested({
    id: "npc.plans",
    sentence:
      "Whoever cannot have what they need where they live finds the cheapest way to it, and brings news to those dear to them; what is in the way is said",
    files: ["services/npc-behavior/goals/goals.test.ts", "packages/npc-mind/plan/plan.test.ts"],
  }),
  tested({
    id: "npc.greeted",
    sentence: "Whoever greets somebody every five seconds is no dearer to them for it",
    files: ["services/npc-behavior/players/interact.test.ts"],
    titles: ["who greets them every five seconds is no dearer to them for it"],
  }),
  tested({
    id: "npc.erased",
    sentence: "Of a player who was erased nobody knows anything: no relation, no memory, no place",
    files: ["services/npc-behavior/players/interact.test.ts"],
    titles: ["and is erased is known to nobody any more"],
  }),
  tested({
    id: "npc.hunger",
    sentence:
      "Whoever starves dies at a moment that was known ahead, and the death leads back to the shortage",
    files: ["services/npc-behavior/turn/body.test.ts", "packages/npc-mind/health.test.ts"],
  }),
  tested({
    id: "npc.generations",
    sentence: "For ten years a valley stays about as many, and posts that are left are taken up",
    files: ["services/npc-behavior/population/population.test.ts"],
  }),
  tested({
    id: "npc.weddings",
    sentence:
      "People who are fond of each other marry and live in one house; who has no ties goes where people are lacking",
    files: [
      "services/npc-behavior/population/weddings.test.ts",
      "services/npc-behavior/population/leaving.test.ts",
    ],
  }),
  tested({
    id: "npc.death",
    sentence:
      "A death is somebody's last event; their own grieve, those who saw it tell, and it leads back to the event",
    files: ["services/npc-behavior/population/death.test.ts"],
  }),
];
