/**
 * What doors complain of, by target and by door. Who complains of nothing leaves nothing here: doors tell changes alone,
 * so one that lives and is silent has no complaint. Told the time with each call; times are the registry's clock, ms.
 */
export interface Words {
  /** @param until the complaint stands so long; 0: there is none any more */
  say(targetId: string, reporterId: string, until: number, now: number): void;
  /** Only that it speaks. */
  heard(reporterId: string, now: number): void;
  /** Until when more than half of these doors complain of it; 0: they do not. */
  until(targetId: string, doors: ReadonlySet<string>, now: number): number;
  /** Of which somebody complains. */
  targets(now: number): readonly string[];
  /** Who has said something of late. */
  speakers(now: number): readonly string[];
}

/** A door of which nothing but its words is known counts for so long after the last of them. */
export const LATELY_MS = 300_000;

export function createWords(): Words {
  const complaints = new Map<string, Map<string, number>>();
  const spoken = new Map<string, number>();

  function standing(targetId: string, now: number): ReadonlyMap<string, number> {
    const by = complaints.get(targetId);
    if (by === undefined) return new Map();
    for (const [reporterId, until] of by) if (until <= now) by.delete(reporterId);
    if (by.size === 0) complaints.delete(targetId);
    return by;
  }

  const heard = (reporterId: string, now: number) => void spoken.set(reporterId, now);

  return {
    heard,
    say(targetId, reporterId, until, now) {
      heard(reporterId, now);
      const by = complaints.get(targetId) ?? new Map<string, number>();
      by.set(reporterId, until);
      complaints.set(targetId, by);
      standing(targetId, now);
    },
    until(targetId, doors, now) {
      const untils = [...standing(targetId, now)].flatMap(([id, until]) => (doors.has(id) ? [until] : []));
      const majority = Math.floor(doors.size / 2) + 1;
      return untils.sort((one, other) => other - one)[majority - 1] ?? 0;
    },
    targets: (now) => [...complaints.keys()].filter((targetId) => standing(targetId, now).size > 0),
    speakers(now) {
      for (const [reporterId, at] of spoken) if (now - at > LATELY_MS) spoken.delete(reporterId);
      return [...spoken.keys()];
    },
  };
}
