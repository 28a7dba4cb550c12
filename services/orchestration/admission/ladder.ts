import { Rung } from "@orrery/schema/orchestration/v1";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What a tier allows. */
export interface Allowance {
  readonly perHour: number;
  readonly perDay: number;
  readonly deepPerDay: number;
  /** Who has more is the last to get less under load. */
  readonly weight: number;
}

/** One that was made, and how much of it. */
export interface Use {
  readonly atMs: number;
  readonly rung: Rung;
}

export interface Admitted {
  readonly rung: Rung;
  /** Why it is less than all; empty: it is not. */
  readonly why: string;
  /** When more is made again, Unix ms; 0: now. */
  readonly moreAtMs: number;
  readonly usedHour: number;
  readonly usedDay: number;
}

/** Orders that wait longer than this, by weight, make what is begun now less. */
const LAG_MS = 2_000;

/**
 * What the next one gets. Nobody is refused: beyond the tier's limits less is made. Windows slide: what was made an hour or a
 * day ago is over.
 * @param uses of the last day, oldest first
 */
export function admit(allowed: Allowance, uses: readonly Use[], nowMs: number, lagMs: number): Admitted {
  const recent = uses.filter(({ atMs }) => atMs > nowMs - DAY_MS);
  const whole = recent.filter(({ rung }) => rung <= Rung.NO_DEEP);
  const hour = whole.filter(({ atMs }) => atMs > nowMs - HOUR_MS);
  const counts = { usedHour: hour.length, usedDay: whole.length };
  const [oldestOfHour, oldestOfDay] = [
    hour[hour.length - allowed.perHour],
    whole[whole.length - allowed.perDay],
  ];
  if (allowed.perDay === 0)
    return { rung: Rung.FOUNDATION, why: "nothing is known of the tier yet", moreAtMs: 0, ...counts };
  if (hour.length >= allowed.perHour || whole.length >= allowed.perDay) {
    const byDay = whole.length >= allowed.perDay;
    const moreAtMs = Math.max(
      byDay ? (oldestOfDay?.atMs ?? nowMs) + DAY_MS : 0,
      hour.length >= allowed.perHour ? (oldestOfHour?.atMs ?? nowMs) + HOUR_MS : 0,
    );
    const why = byDay
      ? `${whole.length} of ${allowed.perDay} a day are made`
      : `${hour.length} of ${allowed.perHour} an hour are made`;
    const plain = recent.filter(({ rung }) => rung === Rung.FOUNDATION).length;
    return { rung: plain < allowed.perDay ? Rung.FOUNDATION : Rung.CACHED, why, moreAtMs, ...counts };
  }
  const deep = recent.filter(({ rung }) => rung === Rung.FULL);
  const isDeep = deep.length < allowed.deepPerDay;
  const rung = isDeep ? Rung.FULL : Rung.NO_DEEP;
  if (lagMs > LAG_MS * Math.max(1, allowed.weight))
    return {
      rung: rung + 1,
      why: "much is being made for others",
      moreAtMs: nowMs + lagMs,
      ...counts,
    } as Admitted;
  if (isDeep) return { rung, why: "", moreAtMs: 0, ...counts };
  const [first] = deep;
  const moreAtMs = allowed.deepPerDay === 0 || first === undefined ? 0 : first.atMs + DAY_MS;
  const why =
    allowed.deepPerDay === 0
      ? "the tier has no deep ones"
      : `${deep.length} of ${allowed.deepPerDay} deep ones a day are made`;
  return { rung, why, moreAtMs, ...counts };
}
