import type { Kit, Part } from "@orrery/service";
import { ClockAdjusted } from "@orrery/schema/time/v1";
import { type Clocks, createClocks } from "./clocks.ts";
import { createRing, type Ring } from "./ring.ts";
import { see, visibleTypes } from "./see.ts";
import type { Interest } from "./interest.ts";
import type { SeenEvent } from "./seen-event.ts";
import type { Look, Session } from "./session.ts";
import { createShare, type Share, SHARES } from "./share.ts";

/** Hears every event of a world that any client may see. */
export type Listener = (event: SeenEvent) => void;

export interface FanOut {
  ring(world: string): Ring;
  worlds(): readonly string[];
  listen(world: string, listener: Listener): () => void;
  /** Offers the sessions of a share what came since it was last settled. */
  settle(share: number, nowMs: number): void;
  /** A session begins to hear what it looks at. */
  enter(session: Session): void;
  looks(session: Session, look: Look): void;
  looksAway(session: Session, interest: Interest): void;
  /** It hears nothing more. */
  leave(session: Session): void;
  readonly clocks: Clocks;
  /** When the last event came in, Unix ms. */
  readonly lastMs: number;
}

/** Takes in every event that clients may see, keeps the last of them, and tells the sessions of its world. */
export const fanOut: Part<FanOut> = {
  name: "fan-out",
  publishes: [],
  // Whatever services there are: of what they publish, the types that a client may see.
  subscribes: ["*"],
  async start(kit: Kit) {
    const rings = new Map<string, Ring>();
    const listeners = new Map<string, Set<Listener>>();
    const shares = new Map<string, readonly Share[]>();
    const clocks = createClocks(kit);
    const seconds = kit.metrics.histogram(
      "orrery_edge_lag_seconds",
      "From publication to fan-out",
      [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    );
    let lastMs = kit.clock.now();

    const ring = (world: string) => {
      let made = rings.get(world);
      if (made === undefined) rings.set(world, (made = createRing()));
      return made;
    };

    const sharesOf = (world: string) => {
      let made = shares.get(world);
      if (made === undefined) shares.set(world, (made = Array.from({ length: SHARES }, createShare)));
      return made;
    };
    const shareOf = ({ world, share }: Session) => sharesOf(world)[share] as Share;

    const subscription = kit.bus.subscribe({
      // Every edge needs all events: its subscription is its own.
      id: `${kit.service}/fan-out-${kit.instance}`,
      types: visibleTypes(),
      order: "key",
      from: "latest",
      ephemeral: true,
      handleFrame(batch) {
        const now = kit.clock.now();
        lastMs = now;
        for (const delivered of batch.events()) {
          const event = see(delivered);
          if (event === undefined) continue;
          seconds(Math.max(0, now - event.timeMs) / 1000);
          if (event.type === ClockAdjusted.typeName)
            clocks.heard(event.world, ClockAdjusted.decode(event.payload));
          ring(event.world).add(event, now);
          for (const listener of listeners.get(event.world) ?? []) listener(event);
          for (const share of sharesOf(event.world)) share.add(event);
        }
      },
    });
    await subscription.ready;
    kit.health.add({
      name: "fan-out",
      kind: "progress",
      ask() {
        const { state, reason } = subscription.status.current;
        return state === "failing" ? `events do not arrive: ${reason}` : undefined;
      },
    });

    return {
      handle: {
        ring,
        worlds: () => [...rings.keys()],
        listen(world, listener) {
          const set = listeners.get(world) ?? new Set();
          listeners.set(world, set.add(listener));
          return () => void set.delete(listener);
        },
        settle(share, nowMs) {
          for (const own of shares.values()) own[share]?.settle(nowMs);
        },
        enter: (session) => shareOf(session).enter(session, kit.clock.now()),
        looks: (session, { interest, instead }) =>
          shareOf(session).looks(session, interest, instead, kit.clock.now()),
        looksAway: (session, interest) => shareOf(session).looksAway(session, interest),
        leave: (session) => shareOf(session).leave(session),
        clocks,
        get lastMs() {
          return lastMs;
        },
      },
      stop: async () => void (await subscription.drain()),
    };
  },
};
