import type { Kit, Part } from "@orrery/service";
import { ClockAdjusted } from "@orrery/schema/time/v1";
import { type Clocks, createClocks } from "./clocks.ts";
import type { RouterConfig } from "./config.ts";
import { createPaces, type Paces } from "./pace/paces.ts";
import { createPast, isForRing, type Past } from "./past.ts";
import { createRing, type Ring } from "./ring.ts";
import { seeEach, visibleTypes } from "./see.ts";
import type { SeenEvent } from "./seen-event.ts";
import { PLATFORM } from "@orrery/wire";
import type { Interest } from "./interest.ts";
import type { Look, Session } from "./session.ts";
import { createShare, type Share, SHARES } from "./share.ts";

export interface FanOut {
  ring(world: string): Ring;
  /** What was said before this door began to hear. */
  past(world: string): Past;
  /** Is told of each event of a type that clients may see, from now on. */
  on(type: string, told: (event: SeenEvent) => void): void;
  /** Offers the sessions of a share what came since it was last settled. */
  settle(share: number, nowMs: number): void;
  /** A session begins to hear what it looks at. */
  enter(session: Session): void;
  looks(session: Session, look: Look): void;
  looksAway(session: Session, interest: Interest): void;
  /** It hears nothing more. */
  leave(session: Session): void;
  readonly clocks: Clocks;
  /** How often each device is sent batches. */
  readonly paces: Paces;
  /** Events arrive: nothing that was published a while ago is still to come. */
  readonly hears: boolean;
}

/** Takes in every event that clients may see, keeps the last of them, and tells the sessions of its world. */
export const fanOut: Part<FanOut> = {
  name: "fan-out",
  publishes: [],
  // Whatever services there are: of what they publish, the types that a client may see.
  subscribes: ["*"],
  async start(kit: Kit) {
    const rings = new Map<string, Ring>();
    /** Worlds that somebody has joined here. */
    const joined = new Set<string>();
    const listeners = new Map<string, ((event: SeenEvent) => void)[]>();
    const pasts = new Map<string, Past>();
    const shares = new Map<string, readonly Share[]>();
    const clocks = createClocks(kit);
    const paces = createPaces(kit, (kit.config as RouterConfig).clientEventHz);
    const seconds = kit.metrics.histogram(
      "orrery_edge_lag_seconds",
      "From publication to fan-out",
      [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 1, 5],
    );

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

    function tell(hearer: { ring: Ring; shares: readonly Share[] }, event: SeenEvent, now: number): boolean {
      if (!hearer.ring.add(event, now)) return false;
      for (const share of hearer.shares) share.add(event);
      return true;
    }

    const subscription = kit.bus.subscribe({
      // Every edge needs all events: its subscription is its own.
      id: `${kit.service}/fan-out-${kit.instance}`,
      types: visibleTypes(),
      order: "key",
      from: "latest",
      ephemeral: true,
      handleFrame(batch) {
        const now = kit.clock.now();
        const { world } = batch;
        // What belongs to no world reaches its players in whichever they are.
        const places = world === PLATFORM ? [...joined] : [world];
        const hearers = places.map((place) => ({ ring: ring(place), shares: sharesOf(place) }));
        for (const event of seeEach(batch.events(), batch.frame, kit.log)) {
          seconds(Math.max(0, now - event.timeMs) / 1000);
          if (event.type === ClockAdjusted.typeName)
            clocks.heard(event.world, ClockAdjusted.decode(event.payload));
          for (const told of listeners.get(event.type) ?? []) told(event);
          if (!isForRing(event)) continue;
          const isNews = hearers.map((hearer) => tell(hearer, event, now)).includes(true);
          if (isNews) paces.heard(event);
        }
      },
    });
    await subscription.ready;
    const past = (world: string) => {
      const known = pasts.get(world);
      if (known !== undefined) return known;
      // From now on it hears what belongs to no world too.
      joined.add(world);
      const made = createPast(kit, world, ring(world), kit.clock.now());
      pasts.set(world, made);
      return made;
    };
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
        past,
        on: (type, told) => void listeners.set(type, [...(listeners.get(type) ?? []), told]),
        settle(share, nowMs) {
          for (const own of shares.values()) own[share]?.settle(nowMs);
        },
        enter: (session) => shareOf(session).enter(session),
        looks: (session, { interest, instead }) =>
          shareOf(session).looks(session, interest, instead, kit.clock.now()),
        looksAway: (session, interest) => shareOf(session).looksAway(session, interest),
        leave: (session) => shareOf(session).leave(session),
        clocks,
        paces,
        get hears() {
          return subscription.status.current.state !== "failing";
        },
      },
      stop: async () => void (await subscription.drain()),
    };
  },
};
