import { dayNumberOf, feastsOn } from "@orrery/npc-mind";
import type { PeopleState, Surroundings } from "@orrery/schema/npc/v1";
import { Face, type Instant, type TimeUpdated } from "@orrery/schema/time/v1";
import { SeasonKind } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { FIRST_LOOK_GS } from "./population/born.ts";
import { ROUNDS, roundAfter, roundsUntil } from "./population/morning.ts";
import { countRound } from "./population/population.ts";
import { PACK, type PeopleContext, type PeopleWorld } from "./state.ts";
import { arriveAtOnce } from "./turn/travel.ts";
import { wake } from "./turn/wake.ts";

const DAY_GS = 86_400;
/** A skip goes on by an hour; a longer step is time that nobody here heard of. */
const LONGEST_STEP_GS = 2 * 3_600;

/** Time has come so far: whoever was due until then has their turn, and the day that has begun is counted. */
export function passTime(
  state: PeopleWorld,
  { now, atGs, nextFaceGs }: TimeUpdated,
  ctx: PeopleContext,
): void {
  const { root } = state;
  // A late or repeated minute is nothing new.
  if (atGs <= root.drainedGs) return;
  if (atGs - root.drainedGs > LONGEST_STEP_GS) leap(state, atGs, ctx);
  const midnight = dayNumberOf(atGs) * DAY_GS;
  // Who is due before the day that has begun has their turn on the day that they are due.
  if (dayNumberOf(root.drainedGs) < dayNumberOf(atGs)) drain(state, midnight - 1, ctx);
  if (now !== undefined) date(root, now, state.surroundings.get(PACK));
  const rounds = roundsUntil(atGs);
  // Of days that nobody heard of there is nothing to count.
  for (let done = Math.max(root.countedRounds ?? rounds, rounds - ROUNDS); done < rounds; done++) {
    const morning = roundAfter(done);
    drain(state, morning.nowGs - 1, ctx);
    countRound(state, morning, ctx);
  }
  root.countedRounds = rounds;
  drain(state, atGs, ctx);
  light(root, now?.face, nextFaceGs > atGs ? nextFaceGs : Number.MAX_SAFE_INTEGER);
  root.drainedGs = atGs;
}

/** Nobody lives through days in one input: everybody is where they were bound for, and looks around anew. */
function leap(state: PeopleWorld, nowGs: number, ctx: PeopleContext): void {
  const { derived: standing } = ctx;
  const days = dayNumberOf(nowGs) - dayNumberOf(state.root.drainedGs);
  for (const id of state.minds.ids()) {
    const mind = state.minds.edit(id);
    const turn = { mind, nowGs, state, standing, ctx };
    arriveAtOnce(turn);
    mind.needsGs = nowGs;
    // Nor grows older by them.
    if (mind.bornDay !== undefined) mind.bornDay += days;
    mind.dueGs = nowGs + 1 + ctx.streams.stream("leap", id, nowGs).int(FIRST_LOOK_GS);
    standing.due.push(mind.dueGs, id);
  }
}

/** Lets everybody who is due until then have their turn, in the order in which they are. */
function drain(state: PeopleWorld, untilGs: number, ctx: PeopleContext): void {
  const { derived: standing } = ctx;
  for (let next = standing.due.take(untilGs); next !== undefined; next = standing.due.take(untilGs)) {
    const [nowGs, id] = next;
    const mind = state.minds.edit(id);
    if (wake({ mind, nowGs, state, standing, ctx })) standing.due.push(mind.dueGs, id);
  }
}

/** Whether it is light from now on: turns of the next step look at it, however long that is. */
function light(root: PeopleState, face: Face | undefined, untilGs: number): void {
  root.daylight = face === Face.DAY;
  root.faceUntilGs = untilGs;
}

/** What the day is like, once a day. */
function date(root: PeopleState, now: Instant, surroundings: DeepReadonly<Surroundings> | undefined): void {
  // The first that is heard of the sky.
  if (root.season === SeasonKind.UNSPECIFIED) light(root, now.face, now.atGs + 1);
  const dayNumber = dayNumberOf(now.atGs);
  if (root.dayNumber === dayNumber && root.season !== SeasonKind.UNSPECIFIED) return;
  root.dayNumber = dayNumber;
  // Both count seasons alike.
  root.season = now.season as number as SeasonKind;
  root.feastTags = feastsOn((surroundings?.holidays ?? []) as Surroundings["holidays"], now);
}
