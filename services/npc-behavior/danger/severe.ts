import type { PeopleState } from "@orrery/schema/npc/v1";
import { AlertKind, AlertLevel, AlertStage, type WeatherSevere } from "@orrery/schema/weather/v1";

/** What nobody stays out in. Cold and heat people feel by themselves, fog and drought are no danger at once. */
const DANGERS: ReadonlySet<AlertKind> = new Set([
  AlertKind.STORM,
  AlertKind.GALE,
  AlertKind.BLIZZARD,
  AlertKind.FLOOD,
]);
const BEGINS: ReadonlySet<AlertStage> = new Set([AlertStage.ONSET, AlertStage.RAISED]);

const nameOf = ({ regionId, kind }: WeatherSevere) => `${regionId}/${kind}`;

/** An alert that is over may be run from again when it comes anew. */
export function isOver(root: PeopleState, severe: WeatherSevere): boolean {
  if (severe.stage !== AlertStage.ENDED) return false;
  root.runFrom = root.runFrom.filter((name) => name !== nameOf(severe));
  return true;
}

/** Whether people run from it now: it is here, it is grave, and they have not run from it yet. */
export function isToRunFrom(root: PeopleState, severe: WeatherSevere): boolean {
  const { kind, level, stage } = severe;
  const isGrave = DANGERS.has(kind) && level >= AlertLevel.WARNING && BEGINS.has(stage);
  if (!isGrave || root.runFrom.includes(nameOf(severe))) return false;
  root.runFrom.push(nameOf(severe));
  return true;
}
