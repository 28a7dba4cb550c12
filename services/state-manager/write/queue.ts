import { OrreryError } from "@orrery/wire";
import { stateErrors } from "../errors.ts";
import type { Job } from "./job.ts";

/** A job that waits for its commit. */
export interface Waiting {
  readonly job: Job;
  readonly sinceMs: number;
  readonly signal: AbortSignal | undefined;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/** Jobs of different owners take turns; those of one owner keep their order. */
export interface FairQueue {
  readonly size: number;
  /** Adds one, or sheds one: the newest of a service before any of a player. */
  add(waiting: Waiting): void;
  /** Up to `most` jobs for one commit; one that prepares is alone. */
  take(most: number): Waiting[];
  /** Sheds what has waited since before `ms`. */
  shed(ms: number): number;
}

const RETRY_AFTER_MS = 250;

function busy(waiting: Waiting, why: string): void {
  const detail = { given: why, retryAfterMs: RETRY_AFTER_MS };
  waiting.reject(new OrreryError(stateErrors.STATE_BUSY, detail));
}

/** @param limit jobs that may wait */
export function createFairQueue(limit: number, shedOne: () => void): FairQueue {
  /** In the order of their turns: an owner that was served goes to the end. */
  const owners = new Map<string, Waiting[]>();
  let size = 0;

  function dropNewestOfServices(): boolean {
    for (const [owner, list] of [...owners].reverse()) {
      const at = list.findLastIndex(({ job }) => job.yields);
      const [dropped] = at < 0 ? [] : list.splice(at, 1);
      if (dropped === undefined) continue;
      if (list.length === 0) owners.delete(owner);
      size -= 1;
      busy(dropped, `${limit} writes wait`);
      return true;
    }
    return false;
  }

  return {
    get size() {
      return size;
    },
    add(waiting) {
      if (size >= limit) {
        shedOne();
        if (waiting.job.yields || !dropNewestOfServices()) return busy(waiting, `${limit} writes wait`);
      }
      const { owner } = waiting.job;
      const list = owners.get(owner);
      if (list === undefined) owners.set(owner, [waiting]);
      else list.push(waiting);
      size += 1;
    },
    take(most) {
      const taken: Waiting[] = [];
      /** Those that would be alone; the next turn is theirs, and nobody else has one commit less for them. */
      const aside: [string, Waiting[]][] = [];
      while (taken.length < most) {
        const [next] = owners;
        if (next === undefined) break;
        const [owner, list] = next;
        const first = list[0] as Waiting;
        const alone = first.job.prepare !== undefined;
        if (alone && taken.length > 0) {
          owners.delete(owner);
          aside.push([owner, list]);
          continue;
        }
        list.shift();
        size -= 1;
        owners.delete(owner);
        if (list.length > 0) owners.set(owner, list);
        if (first.signal?.aborted) {
          first.reject(first.signal.reason);
          continue;
        }
        taken.push(first);
        if (alone) break;
      }
      if (aside.length > 0) {
        const rest = [...owners];
        owners.clear();
        for (const [owner, list] of [...aside, ...rest]) owners.set(owner, list);
      }
      return taken;
    },
    shed(ms) {
      let count = 0;
      for (const [owner, list] of owners) {
        const late = list.filter(({ sinceMs }) => sinceMs < ms);
        if (late.length === 0) continue;
        count += late.length;
        for (const waiting of late) busy(waiting, "waited 1 s for its turn");
        const rest = list.filter(({ sinceMs }) => sinceMs >= ms);
        if (rest.length === 0) owners.delete(owner);
        else owners.set(owner, rest);
      }
      size -= count;
      return count;
    },
  };
}
