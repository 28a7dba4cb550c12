import { create } from "@bufbuild/protobuf";
import { choose, CRITICAL, levelOf, NEEDS, nextFall, RELIEVED, shown } from "@orrery/npc-mind";
import { BlockedBy, CriticalNeedSchema, NeedCritical } from "@orrery/schema/npc/v1";
import { endOf, perish, settleBody } from "./body.ts";
import { lookAtDay } from "./day.ts";
import { lackOf } from "./larder.ts";
import { complete, intend, interrupt, lasts, start } from "./doing.ts";
import { chat } from "./talk.ts";
import { staysAside } from "./staying.ts";
import { depart, goOn } from "./travel.ts";
import { activityOf, lawFor, type Turn } from "./turn.ts";
import { moodOf, thoughtsOf } from "./weigh.ts";

/*
 * Somebody is due: a stretch of the way is behind them, what they did is done, a need has fallen to a threshold, or the
 * day has something else in mind. Needs are brought to this moment first; who is still on the way goes on; everybody else looks at
 * the day and at themselves, and goes on with what they do, begins something here, or sets out. Then it is known when
 * they are due next. Nothing is looked at in between.
 */

const HOUR_GS = 3_600;
/** Whoever has nothing at all to do looks again. */
const IDLE_GS = HOUR_GS;

/** @returns whether they live on */
export function wake(turn: Turn): boolean {
  const { mind, nowGs } = turn;
  settleBody(turn);
  tellCritical(turn);
  if (perish(turn)) return false;
  const onTheWay = mind.journey !== undefined && (nowGs < mind.journey.arriveGs || !goOn(turn));
  if (!onTheWay) {
    lookAtDay(turn);
    if (mind.doing?.startedGs !== undefined && mind.doing.endsGs <= nowGs) complete(turn);
    if (!staysAside(turn)) decide(turn);
  }
  mind.dueGs = nextDue(turn);
  return true;
}

function tellCritical({ mind, nowGs, state, ctx }: Turn): void {
  for (const need of NEEDS) {
    const level = levelOf(mind.needs, need);
    const known = mind.critical.findIndex((one) => one.need === need);
    if (known >= 0 && level > RELIEVED) mind.critical.splice(known, 1);
    if (known >= 0 || level >= CRITICAL) continue;
    mind.critical.push(create(CriticalNeedSchema, { need, sinceGs: nowGs }));
    const { npcId, regionId } = mind;
    const lack = lackOf(state, regionId, need);
    const blockedBy = lack?.why ?? BlockedBy.UNSPECIFIED;
    const said = { atGs: nowGs, npcId, regionId, need, level: shown(level), sinceGs: nowGs, blockedBy };
    // Whoever suffers by a shortage suffers because of what was behind that.
    const cause = lack && { publisher: lack.causePublisher, sequence: lack.causeSequence };
    ctx.emit(NeedCritical, said, cause && { cause });
  }
}

export function decide(turn: Turn): void {
  const { mind, nowGs, ctx } = turn;
  const random = ctx.streams.stream("choose", mind.npcId, nowGs);
  const choice = choose(thoughtsOf(turn), moodOf(turn), random.uniform());
  mind.decisions += 1;
  if (choice === undefined) {
    interrupt(turn);
    return;
  }
  const { activity, place, isSlot } = choice.chosen.candidate;
  const same = mind.doing?.activityId === activity.id && mind.doing.placeId === place.id;
  if (same && mind.doing?.startedGs !== undefined) return;
  if (!same) interrupt(turn);
  if (place.id !== mind.placeId) {
    intend(turn, activity.id, place.id);
    depart(turn, place.id);
    return;
  }
  const longest = nowGs + lasts(activity, random.uniform());
  if (!activity.asleep) chat(turn);
  start(turn, activity.id, activity.fillsSlot && isSlot ? mind.slotUntilGs : longest);
}

export function nextDue(turn: Turn): number {
  const { mind, nowGs } = turn;
  const next = mind.journey === undefined ? nextLook(turn) : mind.journey.arriveGs;
  return Math.max(nowGs + 1, Math.min(next, endOf(turn, next)));
}

function nextLook(turn: Turn): number {
  const { mind, nowGs } = turn;
  const ends = activityOf(turn, mind.doing?.activityId) === undefined ? nowGs + IDLE_GS : mind.doing?.endsGs;
  const falls = nowGs + Math.ceil(nextFall(mind.needs, lawFor(turn, mind)) * HOUR_GS);
  return Math.min(ends ?? nowGs + IDLE_GS, mind.slotUntilGs, falls);
}
