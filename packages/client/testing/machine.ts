import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { World } from "../connect.ts";
import { actsOf, callsOf, DEADLINE_MS } from "./acts.ts";
import { type ClientInTime, clientInTime } from "./client-in-time.ts";
import { HEARTBEAT_MS } from "./edge.ts";
import { judgeClosed, judgeOpen } from "./judge.ts";
import { diceFrom, type Life } from "./life.ts";

/*
 * Lives of a client, drawn at random: subscribing, calling and closing in every order, while the line is cut, goes dumb,
 * is refused, loses its token or its edge. At the end of each life the weather clears, and then
 *   every subscription that is open knows what a fresh snapshot would say,
 *   nothing was told twice, and nothing missed where every resume was gapless,
 *   every promise is settled within its time, and the closed client leaves no timer.
 */
export interface Lived {
  /** What the life broke, in words; none: it held. */
  readonly broken: readonly string[];
  readonly steps: number;
  readonly gapless: number;
  readonly snapshots: number;
  /** The edge ended it for good. */
  readonly refused: boolean;
}

/** Backoff's longest pause, a try's own limit, and two heartbeats until a dead line is noticed. */
const CLEARING_MS = 30_000 + 10_000 + 2 * HEARTBEAT_MS + 5_000;

export async function liveOnce(seed: number, steps: number): Promise<Lived> {
  const dice = diceFrom(xoroshiro128plus(seed));
  const { upTo, chance } = dice;
  const all = clientInTime(
    { delayMs: () => 1 + upTo(20), snapshotMs: () => upTo(300) },
    () => upTo(999) / 1000,
  );
  all.edge.terms.call = callsOf(dice, all);
  const life: Life = { all, dice, followed: [], awaited: [], broken: [] };
  const acts = actsOf(life);
  const total = acts.reduce((sum, [weight]) => sum + weight, 0);
  const world: World = await all.connect();

  let step = 0;
  for (; step < steps && world.status.state !== "closed"; step++) {
    let ticket = upTo(total - 1);
    acts.find(([weight]) => (ticket -= weight) < 0)?.[1](world);
    await all.time.advance(chance(5) ? upTo(40_000) : upTo(400));
  }
  clear(all);
  await all.time.advance(CLEARING_MS);
  const refused = world.status.state === "closed";
  if (!refused) judgeOpen(world, life);
  world.close();
  world.close();
  await all.time.advance(DEADLINE_MS + 10_000);
  await judgeClosed(life);
  const { gapless, snapshot: snapshots } = world.resumes;
  return { broken: life.broken, steps: step, gapless, snapshots, refused };
}

function clear({ edge: { terms } }: ClientInTime): void {
  terms.down = terms.dumb = false;
  terms.refusals.length = 0;
  terms.refuseLook = () => undefined;
}
