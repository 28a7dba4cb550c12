import { create } from "@bufbuild/protobuf";
import { CRITICAL, levelOf, NEEDS, RELIEVED, shown } from "@orrery/npc-mind";
import { BlockedBy, CriticalNeedSchema, NeedCritical } from "@orrery/schema/npc/v1";
import { lookAtGoals } from "../goals/goals.ts";
import { settleBody } from "./body.ts";
import { lookAtDay } from "./day.ts";
import { decide, nextDue } from "./decide.ts";
import { complete } from "./doing.ts";
import { lackOf } from "./larder.ts";
import { perish } from "./perish.ts";
import { staysAside } from "./staying.ts";
import { goOn } from "./travel.ts";
import type { Turn } from "./turn.ts";

/*
 * Somebody is due: a stretch of the way is behind them, what they did is done, a need has fallen to a threshold, or the
 * day has something else in mind. Needs are brought to this moment first; who is still on the way goes on; everybody else looks at
 * the day, at their goals and at themselves, and goes on with what they do, begins something here, or sets out. Then it is known when
 * they are due next. Nothing is looked at in between.
 */

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
    lookAtGoals(turn);
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
