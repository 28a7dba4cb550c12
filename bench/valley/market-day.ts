// A market day of a running valley, killed with -9 at random moments of it: what people did is told once and in one piece, and
// comes again from the journal byte for byte.
//   node bench/valley/market-day.ts [--kills 8] [--seed 1] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { randomUUID } from "node:crypto";
import { seededNumbers } from "@orrery/bus";
import type { Edge } from "@orrery/cli/edge.ts";
import { replayWorld } from "@orrery/cli/run/replay-world.ts";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { NpcActed, NpcMoved } from "@orrery/schema/npc/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { startOrrery } from "../kill9/orrery.ts";
import { brokenActs, brokenWays } from "./told-whole.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const DAY_GS = 86_400;
/** The sixth day of Hollowmere's week, from before anybody is up. */
const DAWN_GS = 5 * DAY_GS + 3 * 3_600;
const NIGHT_GS = 6 * DAY_GS;
/** How long it lives between two kills, ms, besides what it takes until it answers. */
const [SHORT_MS, LONG_MS] = [100, 900];
/** The day passes as slowly as all kills need, each with the start behind it, and no faster than an hour a second. */
const [A_KILL_S, FASTEST] = [9, 3_600];
const rate = Math.min(FASTEST, Math.floor((NIGHT_GS - DAWN_GS) / (A_KILL_S * Number(values.kills))));
const begin = () => startOrrery(data, undefined, ["--rate", `${rate}`]);
const PAGE = 1_000;
const [LOOK_MS, SETTLE_MS] = [100, 1_500];
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const clockOf = async ({ world, client }: Edge) =>
  (await client(TimeService).getClock({ worldId: world })).now?.atGs ?? 0;

async function skipTo({ world, client }: Edge, toGs: number): Promise<void> {
  const time = client(TimeService);
  const target = { case: "toGs", value: toGs } as const;
  await time.skipTo({ worldId: world, idempotencyKey: randomUUID(), target });
  while ((await time.getSkip({ worldId: world })).running) await wait(LOOK_MS);
}

/** What people did and where they went from dawn on, in the order in which each of them did it. */
async function toldOf({ world, client }: Edge) {
  const acts: ReturnType<typeof NpcActed.decode>[] = [];
  const moves: ReturnType<typeof NpcMoved.decode>[] = [];
  for (let pageToken = "", more = true; more; ) {
    const filter = { types: [NpcActed.typeName, NpcMoved.typeName] };
    const asked = { worldId: world, filter, order: Order.ARRIVAL, pageSize: PAGE, pageToken };
    const page = await client(JournalService).query(asked);
    for (const { type, payload } of page.events)
      if (type === NpcActed.typeName) acts.push(NpcActed.decode(payload));
      else moves.push(NpcMoved.decode(payload));
    pageToken = page.nextPageToken;
    more = pageToken !== "";
  }
  return { acts, moves };
}

const data = mkdtempSync(join(tmpdir(), "orrery-market-day-"));
const uniform = seededNumbers(Number(values.seed));
let orrery = await begin();
try {
  await skipTo(orrery.edge, DAWN_GS);
  let kills = 0;
  for (; kills < Number(values.kills) && (await clockOf(orrery.edge)) < NIGHT_GS; kills++) {
    await wait(SHORT_MS + (LONG_MS - SHORT_MS) * uniform());
    await orrery.kill();
    orrery = await begin();
  }
  while ((await clockOf(orrery.edge)) < NIGHT_GS) await wait(LOOK_MS);
  await orrery.edge
    .client(TimeService)
    .hold({ worldId: orrery.edge.world, idempotencyKey: randomUUID(), name: "looking" });
  await wait(SETTLE_MS);
  const { acts, moves } = await toldOf(orrery.edge);
  const verdicts = await replayWorld(
    orrery.edge,
    { services: undefined, fromGs: Number.NEGATIVE_INFINITY },
    () => {},
  );
  const result = {
    kills,
    people: new Set(acts.map(({ npcId }) => npcId)).size,
    acts: acts.length,
    moves: moves.length,
    broken: [...brokenActs(acts), ...brokenWays(moves)].slice(0, 5),
    replay: verdicts.map(({ verdict }) => verdict.verdict),
  };
  console.log(values.json ? JSON.stringify(result) : result);
  const isWhole = result.broken.length === 0 && result.acts > 0 && result.moves > 0;
  process.exitCode = isWhole && result.replay.every((verdict) => verdict === "PASS") ? 0 : 1;
} finally {
  await orrery.kill();
  rmSync(data, { recursive: true, force: true });
}
