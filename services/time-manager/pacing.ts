import type { Waiting } from "@orrery/bus";
import type { Kit } from "@orrery/service";

/** How often it is looked whether a world has followed. */
const LOOK_MS = 10;
/** A subscription that does not move for so long is left behind: the clock does not stand still with it. */
const STILL_MS = 10_000;
/** One that was left behind gets so long an hour to show that it moves again, and so long when it does. */
const GRACE_MS = 50;
const BEHIND_MS = 1_000;
/** One that moves, however slowly, gets at most this for a game hour. */
const HOUR_MS = 60_000;

/** In place of a subscription's name, when not even these can be asked for. */
const BROKER = "the broker";

/** Lets a world follow its clock. */
export interface Pacing {
  /**
   * Resolves when the world's subscriptions have handled what was said in it so far, or those that stand still are left
   * behind.
   * @param isWanted asked before each look
   */
  followed(world: string, isWanted: () => boolean): Promise<void>;
  /** The jump is over. */
  forget(world: string): void;
  /** Who is left behind; undefined: nobody. */
  problem(): string | undefined;
}

/** What is known of a subscription in one jump of a world. */
interface Follower {
  last: Waiting;
  movedMs: number;
  /** With so many events waiting it is not waited for; 0: it is to handle all. */
  allowed: number;
  /** It has handled something since it was left behind. */
  moves: boolean;
}

export function createPacing(
  kit: Pick<Kit, "bus" | "clock" | "log" | "outbox">,
  stopping: AbortSignal,
): Pacing {
  const jumps = new Map<string, Map<string, Follower>>();

  /** @returns whether this subscription has handled what it will within this hour */
  function isDone(world: string, follower: Follower, now: Waiting, sinceMs: number): boolean {
    const atMs = kit.clock.now();
    if (hasMoved(follower.last, now)) {
      follower.movedMs = atMs;
      follower.moves = true;
    }
    follower.last = now;
    if (now.unknown === undefined && now.events <= follower.allowed) {
      follower.allowed = now.events;
      return true;
    }
    const isBehind = follower.allowed > 0;
    const patienceMs = isBehind ? (follower.moves ? BEHIND_MS : GRACE_MS) : STILL_MS;
    const stillMs = atMs - Math.max(follower.movedMs, sinceMs);
    if (stillMs < patienceMs && atMs - sinceMs < (isBehind ? BEHIND_MS : HOUR_MS)) return false;
    if (!isBehind)
      kit.log.warn(
        { world, subscription: now.subscription, events: now.events },
        "the jump goes on without it",
      );
    follower.allowed = now.unknown === undefined ? now.events : Number.POSITIVE_INFINITY;
    follower.moves = false;
    return true;
  }

  /** The broker itself is left behind like a subscription. */
  async function look(world: string, isBehind: boolean): Promise<readonly Waiting[]> {
    const patienceMs = isBehind ? BEHIND_MS : STILL_MS;
    const over = new AbortController();
    const late = kit.clock.sleep(patienceMs, AbortSignal.any([over.signal, stopping]));
    const found = kit.bus.waiting(world).catch((error: unknown) => [unreadable(error)]);
    try {
      return await Promise.race([
        found,
        late.then(() => [unreadable(`no answer within ${patienceMs / 1_000} s`)]),
      ]);
    } finally {
      over.abort();
    }
  }

  return {
    async followed(world, isWanted) {
      const followers = jumps.get(world) ?? new Map<string, Follower>();
      jumps.set(world, followers);
      await kit.outbox.sent();
      for (const sinceMs = kit.clock.now(); isWanted() && !stopping.aborted; ) {
        const waiting = await look(world, followers.has(BROKER));
        for (const gone of [...followers.keys()].filter((id) =>
          waiting.every((one) => one.subscription !== id),
        ))
          followers.delete(gone);
        let isFollowed = true;
        for (const one of waiting) {
          const follower = followers.get(one.subscription) ?? {
            last: one,
            movedMs: sinceMs,
            allowed: 0,
            moves: false,
          };
          followers.set(one.subscription, follower);
          if (!isDone(world, follower, one, sinceMs)) isFollowed = false;
        }
        if (isFollowed) return;
        await kit.clock.sleep(LOOK_MS, stopping);
      }
    },
    forget: (world) => void jumps.delete(world),
    problem() {
      const said = [...jumps].flatMap(([world, followers]) =>
        [...followers.values()]
          .filter(({ allowed }) => allowed > 0)
          .map(({ last: { subscription, events, unknown } }) => {
            const why =
              unknown === undefined ? `${events} events wait there` : `its lag cannot be read: ${unknown}`;
            return `${world} does not wait for ${subscription}: ${why}`;
          }),
      );
      return said.length === 0 ? undefined : said.join("; ");
    },
  };
}

function hasMoved(before: Waiting, now: Waiting): boolean {
  if (now.events < before.events) return true;
  for (const [publisher, handled] of before.handled)
    if ((now.handled.get(publisher) ?? Number.POSITIVE_INFINITY) > handled) return true;
  return false;
}

function unreadable(error: unknown): Waiting {
  const unknown = error instanceof Error ? error.message : String(error);
  return { subscription: BROKER, events: 0, handled: new Map(), unknown };
}
