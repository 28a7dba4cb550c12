import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";
import { tested } from "../tested.ts";

const REALM = "services/world-state/realm";
const REGIONS = "services/world-state/regions";

interface Moves {
  readonly entities: number;
  readonly movesASecond: number;
  readonly told: number;
  readonly untold: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cores: number;
  readonly pageOf: number;
  readonly pageMs: number;
  readonly heapMb: readonly number[];
}

interface Kill9 {
  readonly kills: number;
  readonly deltas: number;
  readonly miscounted: number;
  readonly untrue: number;
  readonly entities: number;
  readonly differing: number;
  readonly gaps: number;
  readonly doubles: number;
  readonly gapless: number;
}

const [MOVES, SOON_MS, PAGE_MS] = [2_000, 150, 50];
/** From the middle of the first half of what is live to that of the second: what a look finds under way comes and goes. */
const HEAP_GROWTH = 1.1;
const middle = (some: readonly number[]) => [...some].sort((a, b) => a - b)[some.length >> 1] ?? 0;
/** Of the run: by then the door's ring holds the last 64 MiB of it, and goes on with that. */
const WARM = 0.2;

export const claims: readonly Claim[] = [
  {
    id: "world-state.moves",
    long: true,
    sentence: "Where ten thousand are is written down two thousand times a second, and told at once",
    measured:
      "10,000 people of one world moved from outside through a whole Orrery in one process for 20 s, with --full ten minutes: from the move's publication to WorldStateUpdated (bench/entities)",
    threshold: `${MOVES} moves a second, none untold, p99 under ${SOON_MS} ms; a page of 500 entities under ${PAGE_MS} ms; with --full a flat heap from two minutes on`,
    async run(full) {
      const found = await benchJson<Moves>("bench/entities/main.ts", "--seconds", full ? "600" : "20");
      const { movesASecond, untold, p50Ms, p99Ms, cores, pageMs, heapMb } = found;
      const warm = heapMb.slice(Math.ceil(heapMb.length * WARM));
      const half = warm.length >> 1;
      const [first, second] = [middle(warm.slice(0, half)), middle(warm.slice(half))];
      const isFlat = second <= HEAP_GROWTH * first;
      const well = untold === 0 && p99Ms < SOON_MS && pageMs < PAGE_MS && movesASecond >= 0.99 * MOVES;
      const figure = `${movesASecond} moves a second, ${untold} untold, p50 ${p50Ms} ms, p99 ${p99Ms} ms, ${cores} cores; a page in ${pageMs} ms${full ? `; live heap ${first} MB in the first half, ${second} MB in the second` : ""}`;
      return { status: well && (!full || isFlat) ? "pass" : "fail", figure };
    },
  },
  {
    id: "world-state.kill9",
    long: true,
    sentence:
      "Killed while a region is written to, the whole comes back with each change once, and so do its clients",
    measured:
      "kill -9 of the program, 3 times (20 with --full) under 1,000 changes a second by callers who ask again with the same keys; a client that resumes by its cursor against a fresh one, entity for entity (bench/entities/kill9.ts)",
    threshold: "0 changes lost or done twice, 0 gaps, 0 doubles, 0 entities differ by a byte",
    async run(full) {
      const found = await benchJson<Kill9>("bench/entities/kill9.ts", "--kills", full ? "20" : "3");
      const { kills, deltas, miscounted, untrue, entities, differing, gaps, doubles, gapless } = found;
      const figure = `${kills} kills, ${deltas} changes: ${miscounted + untrue} miscounted, ${gaps} gaps, ${doubles} doubles, ${differing} of ${entities} entities differ; back ${gapless} times without a snapshot`;
      const well = [miscounted, untrue, gaps, doubles, differing].every((count) => count === 0);
      return { status: well && entities > 400 && gapless > 0 ? "pass" : "fail", figure };
    },
  },
  tested({
    id: "world-state.chain",
    sentence: "What a faction gives to the hungry leads back to the shortage, the closed road and the flood",
    files: [`${REALM}/powers.test.ts`],
    titles: ["give to the hungry, and the chain leads from the gift to the flood that closed the road"],
  }),
  tested({
    id: "world-state.factions",
    sentence: "Factions act for reasons, lose no penny, keep every share and value in its range, and no seat",
    files: ["packages/politics/politics.test.ts", `${REALM}/powers.test.ts`],
  }),
  tested({
    id: "world-state.reputations",
    sentence:
      "What a player does moves what factions think of them, adds up to the deeds that are named, fades, is theirs alone to read, and is gone once they are erased",
    files: [
      "packages/politics/esteem.test.ts",
      "packages/politics/judge.test.ts",
      `${REALM}/reputations/reputations.test.ts`,
      `${REALM}/reputations/rpc.test.ts`,
    ],
  }),
  tested({
    id: "world-state.events",
    sentence: "What happens in a world fits it, ends once, and leaves nothing behind but what came of it",
    files: [`${REALM}/events/events.test.ts`, `${REALM}/events/modifiers.test.ts`],
  }),
  tested({
    id: "world-state.edit",
    sentence: "An edited base price draws the price along from the next game hour on",
    files: [`${REALM}/realm.test.ts`],
    titles: ["of a base price draws the price along from the next hour on, 8 % an hour at most"],
  }),
  tested({
    id: "world-state.trade",
    sentence:
      "A trade ends once, paid or let go; what is set aside is never lost, and the books add up all the while",
    files: [`${REALM}/trades/trades.test.ts`, "packages/economy/quote.test.ts"],
  }),
  tested({
    id: "world-state.gift",
    sentence:
      "What a player gives is taken once and remembered, or theirs as before: nothing is lost, and nothing is given twice",
    files: [`${REALM}/trades/gifts.test.ts`, "services/npc-behavior/players/gifts.test.ts"],
  }),
  tested({
    id: "world-state.two-writers",
    sentence:
      "Of two services that write one entity at once one wins; the other is told every version, and nothing of its call is done",
    files: [`${REGIONS}/upsert.test.ts`],
  }),
  tested({
    id: "world-state.act",
    sentence:
      "What a player does with a thing is told with who did it; a road that is barred opens again, whoever would keep it closed, and nothing of who is erased is left",
    files: [`${REGIONS}/act.test.ts`, `${REALM}/barred.test.ts`, "services/world-state/act.test.ts"],
  }),
  tested({
    id: "world-state.players",
    sentence: "Players walk by the roads, from border to border, and are nowhere once they are erased",
    files: [`${REGIONS}/players.test.ts`],
  }),
];
