import { RouteHealth, type RouteHealthChanged } from "@orrery/schema/router/v1";
import type { Book } from "../registry/book.ts";
import { doorsOf } from "./doors.ts";
import { instanceAt } from "./target.ts";
import { createWords } from "./words.ts";

/** Lets an instance count as DEGRADED until then. */
type Degrade = (id: string, until: number) => void;

/** How instances do by the word of the doors that call them: told the time with each call, it asks nobody. */
export interface Hearsay {
  /**
   * @param saidMs when it was said, by the clock of who said it
   * @param book undefined: this process stands by; what it hears is of use when it takes over
   */
  hear(event: RouteHealthChanged, saidMs: number, now: number, book?: Book): void;
  /** Takes over what most doors say now: of this target, or of all of which somebody complains. */
  judge(book: Book, now: number, degrade: Degrade, targetId?: string): void;
}

/** No word counts for longer: an operator lets nobody rest for more than an hour. */
const LONGEST_MS = 3_600_000;
/** Of a complaint that does not say until when: as long as a first rest. */
const UNSAID_MS = 30_000;

export function createHearsay(): Hearsay {
  const words = createWords();
  return {
    hear(event, saidMs, now, book) {
      const { reporterId, targetId } = event;
      if (reporterId === "") return;
      words.heard(reporterId, now);
      if (book !== undefined && instanceAt(targetId, book.index) === undefined) return;
      const span = spanOf(event, saidMs);
      words.say(targetId, reporterId, span === 0 ? 0 : now + span, now);
    },
    judge(book, now, degrade, targetId) {
      const targets = targetId === undefined ? words.targets(now) : [targetId];
      if (targets.length === 0) return;
      const doors = doorsOf(book, words.speakers(now));
      for (const id of targets) {
        const live = instanceAt(id, book.index);
        if (live === undefined) continue;
        const until = words.until(id, doors, now);
        if (until !== (live.degradedUntil > now ? live.degradedUntil : 0)) degrade(live.id, until);
      }
    },
  };
}

/** For how long it is a complaint, ms; 0: it is none. A span, since the clocks of two machines need not agree. */
function spanOf({ to, untilMs }: RouteHealthChanged, saidMs: number): number {
  if (to !== RouteHealth.EJECTED && to !== RouteHealth.OPEN) return 0;
  if (untilMs === 0) return UNSAID_MS;
  const span = untilMs - saidMs;
  return span > 0 ? Math.min(span, LONGEST_MS) : 0;
}
