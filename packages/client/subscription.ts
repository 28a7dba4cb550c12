import { create } from "@bufbuild/protobuf";
import { type Subscribe, SubscribeSchema } from "@orrery/schema/router/v1";
import type { WorldEvent } from "./event.ts";
import { createQueue } from "./queue.ts";

/** What to look at. Events of the world as a whole come along unless `world` is false. */
export interface Looks {
  readonly regions?: readonly string[];
  readonly entities?: readonly string[];
  /** Canonical types, or globs: `weather.*`. Default all. */
  readonly types?: readonly string[];
  /** Every region; for observers with the scope `world:observe`. */
  readonly allRegions?: boolean;
  readonly world?: boolean;
}

/** Iterate it for what changes; await `snapshot` for how things are. */
export interface Subscription extends AsyncIterable<WorldEvent> {
  /** The events that describe the present, complete. After a gap that could not be closed there is a new one. */
  readonly snapshot: Promise<readonly WorldEvent[]>;
  close(): void;
}

/** The client's side of a subscription. */
export interface SubscriptionOwner {
  readonly asked: Subscribe;
  readonly subscription: Subscription;
  snapshotEvent(event: WorldEvent): void;
  snapshotDone(): void;
  liveEvent(event: WorldEvent): void;
  /** The edge starts over with a snapshot. */
  restart(): void;
  end(): void;
}

const matches = (pattern: string, type: string) =>
  pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;

export function createSubscription(id: string, looks: Looks, leave: () => void): SubscriptionOwner {
  const queue = createQueue<WorldEvent>();
  let done = Promise.withResolvers<readonly WorldEvent[]>();
  let events: WorldEvent[] = [];
  let complete = false;
  let restarted = false;
  const regions = new Set(looks.regions ?? []);
  const types = (event: WorldEvent) =>
    looks.types === undefined || looks.types.some((type) => matches(type, event.type));
  // One socket carries all subscriptions: what another one looks at is not this one's.
  const wanted = (event: WorldEvent) => {
    const region = event.region;
    return types(event) && (region === undefined || looks.allRegions === true || regions.has(region));
  };

  return {
    asked: create(SubscribeSchema, {
      id,
      regionIds: [...(looks.regions ?? [])],
      entityIds: [...(looks.entities ?? [])],
      types: [...(looks.types ?? [])],
      allRegions: looks.allRegions ?? false,
      withoutWorld: looks.world === false,
    }),
    subscription: {
      get snapshot() {
        return done.promise;
      },
      [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator](),
      close() {
        queue.end();
        leave();
      },
    },
    snapshotEvent(event) {
      if (!wanted(event)) return;
      events.push(event);
      // After a gap whoever iterates needs to hear of the present as well.
      if (restarted) queue.push(event);
    },
    snapshotDone() {
      complete = true;
      done.resolve(events);
    },
    liveEvent(event) {
      if (wanted(event)) queue.push(event);
    },
    restart() {
      if (!complete) return;
      done = Promise.withResolvers();
      events = [];
      complete = false;
      restarted = true;
    },
    end: () => queue.end(),
  };
}
