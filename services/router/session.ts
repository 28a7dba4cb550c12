import type { Hello, Subscribe } from "@orrery/schema/router/v1";
import type { Claims } from "./tokens/claims.ts";
import { type Interest, concerns, interestOf } from "./interest.ts";
import { LIMITS } from "./limits.ts";
import { createQueue, type Queue } from "./queue.ts";
import type { SeenEvent } from "./seen-event.ts";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "./errors.ts";

/*
 * A session is what the edge knows of one client. A subscription begins loading: live events that concern it
 * are set aside while the snapshots are on their way. When they are sent, what the snapshots cover is dropped
 * and the rest follows: nothing is missing, nothing comes twice.
 */
export interface Session {
  readonly id: string;
  readonly player: string;
  readonly device: string;
  readonly world: string;
  readonly hello: Hello;
  readonly connectedMs: number;
  claims: Claims;
  readonly queue: Queue;
  readonly interests: ReadonlyMap<string, Interest>;
  sent: number;
  bytes: number;
  resumes: number;
  /** A live event of the session's world. */
  offer(event: SeenEvent, nowMs: number): void;
  /** Begins to look; the caller then sends the snapshots and calls `loaded`. @throws ROUTER_SUBSCRIPTION, ROUTER_SCOPE */
  look(asked: Subscribe): Interest;
  /** The snapshots of a subscription are sent, and cover the streams up to these marks. */
  loaded(id: string, asOf: ReadonlyMap<string, number>, nowMs: number): void;
  /** Begins to look where a cursor left off: no snapshot follows. */
  lookOn(asked: Subscribe): void;
  leave(id: string): boolean;
  /** Whether any of its subscriptions shows it the event. */
  sees(event: SeenEvent): boolean;
}

interface Loading {
  readonly held: SeenEvent[];
}

export function createSession(given: {
  readonly id: string;
  readonly hello: Hello;
  readonly claims: Claims;
  readonly world: string;
  readonly connectedMs: number;
}): Session {
  const interests = new Map<string, Interest>();
  const loading = new Map<string, Loading>();
  const queue = createQueue();
  const { player } = given.claims;

  function admit(asked: Subscribe): Interest {
    const interest = interestOf(asked, given.claims.scopes);
    if (!interests.has(interest.id) && interests.size >= LIMITS.subscriptions) {
      throw new OrreryError(routerErrors.ROUTER_SUBSCRIPTION, {
        given: `${interests.size} subscriptions, at most ${LIMITS.subscriptions}`,
      });
    }
    return interest;
  }

  return {
    id: given.id,
    player,
    device: given.hello.deviceId,
    world: given.world,
    hello: given.hello,
    connectedMs: given.connectedMs,
    claims: given.claims,
    queue,
    interests,
    sent: 0,
    bytes: 0,
    resumes: 0,
    offer(event, nowMs) {
      let waits: Loading | undefined;
      for (const interest of interests.values()) {
        if (!concerns(interest, player, event)) continue;
        const holding = loading.get(interest.id);
        if (holding === undefined) return queue.push(event, nowMs);
        waits ??= holding;
      }
      waits?.held.push(event);
    },
    look(asked) {
      const interest = admit(asked);
      interests.set(interest.id, interest);
      loading.set(interest.id, { held: loading.get(interest.id)?.held ?? [] });
      return interest;
    },
    loaded(id, asOf, nowMs) {
      const { held = [] } = loading.get(id) ?? {};
      loading.delete(id);
      for (const event of held) {
        if (event.sequence > (asOf.get(event.publisher) ?? 0)) queue.push(event, nowMs);
      }
    },
    lookOn(asked) {
      const interest = admit(asked);
      interests.set(interest.id, interest);
    },
    leave(id) {
      loading.delete(id);
      return interests.delete(id);
    },
    sees(event) {
      for (const interest of interests.values()) if (concerns(interest, player, event)) return true;
      return false;
    },
  };
}
