import {
  type Hello,
  type Refused,
  Resume,
  type ServerMessage,
  type SnapshotPart,
  type Welcome,
} from "@orrery/schema/router/v1";
import { type InitOf, openFrame, OrreryError } from "@orrery/wire";
import type { Say } from "./connection.ts";
import { clientErrors } from "./errors.ts";
import { worldEvent } from "./event.ts";
import type { Looks } from "./looks.ts";
import { createMarks } from "./marks.ts";
import { createSubscription, type Subscription, type SubscriptionOwner } from "./subscription.ts";
import type { Surroundings } from "./surroundings.ts";

/*
 * What the edge is to look at follows from what is open here, never from a list of messages to send: each connection's
 * Hello names it, and what changed between Hello and Welcome is made up for at the Welcome.
 *
 * A subscription is settled once its snapshot is complete. Only settled ones come back by the cursor; one that was cut
 * before is asked for as fresh, since a resume without a gap sends no snapshots of the others. One that the edge could
 * not take up for the moment is asked for again when it said.
 */
export interface Subscriptions {
  add(looks: Looks): Subscription;
  /** What the next Hello says of them. */
  hello(worldId: string): Pick<InitOf<typeof Hello>, "subscriptions" | "cursor">;
  welcomed(welcome: Welcome): void;
  snapshot(part: SnapshotPart): void;
  live(frames: readonly Uint8Array[]): void;
  mark(marks: Extract<ServerMessage["message"], { case: "mark" }>["value"]): void;
  /** The edge did not do what it was asked for this one; the others go on. */
  refused(refused: Refused): void;
  broke(): void;
  /** What comes next must begin with snapshots: something that was sent could not be read. */
  mistrust(): void;
  /** @param error why; none when the user closed the client */
  end(error?: Error): void;
  readonly resumes: { readonly gapless: number; readonly snapshot: number };
}

export function createSubscriptions(
  say: Say,
  { now, after }: Pick<Surroundings, "now" | "after">,
): Subscriptions {
  const open = new Map<string, SubscriptionOwner>();
  const marks = createMarks(now);
  const resumes = { gapless: 0, snapshot: 0 };
  /** Ids that the Hello of this connection named. */
  let named = new Set<string>();
  let everWelcomed = false;
  let newestMs = 0;
  /** Which connection this is: what was to be asked again on an earlier one stands in the Hello of the next. */
  let connection = 0;
  let lastId = 0;

  function subscribe(owner: SubscriptionOwner): void {
    say({ message: { case: "subscribe", value: owner.asked } });
  }

  function deliver(frames: readonly Uint8Array[], to: SubscriptionOwner | "all"): void {
    for (const bytes of frames) {
      const frame = openFrame(bytes);
      const { source: service, publisher, lane } = frame;
      for (const event of frame.events()) {
        if (to !== "all") {
          to.snapshotEvent(worldEvent(event, { service, publisher, lane, snapshot: true }));
          continue;
        }
        if (!marks.take(publisher, event.sequence, lane)) continue;
        newestMs = Math.max(newestMs, event.timeMs);
        const given = worldEvent(event, { service, publisher, lane, snapshot: false });
        for (const [id, owner] of open)
          if (!marks.covers(id, publisher, event.sequence)) owner.liveEvent(given);
      }
    }
  }

  return {
    resumes,
    add(looks) {
      const id = `s${++lastId}`;
      const owner = createSubscription(id, looks, () => {
        open.delete(id);
        marks.uncover(id);
        say({ message: { case: "unsubscribe", value: { id } } });
      });
      open.set(id, owner);
      subscribe(owner);
      return owner.subscription;
    },
    hello(worldId) {
      const list = everWelcomed ? marks.list() : [];
      named = new Set(open.keys());
      return {
        subscriptions: [...open.values()].map(({ asked, settled }) => ({ ...asked, fresh: !settled })),
        ...(list.length > 0 && { cursor: { worldId, marks: list, timeMs: newestMs } }),
      };
    },
    welcomed({ resume }) {
      connection += 1;
      const gapless = resume === Resume.GAPLESS;
      if (everWelcomed) resumes[gapless ? "gapless" : "snapshot"] += 1;
      everWelcomed = true;
      if (!gapless) {
        marks.clear();
        for (const owner of open.values()) owner.restart();
      }
      for (const [id, owner] of open) if (!named.has(id)) subscribe(owner);
      for (const id of named) if (!open.has(id)) say({ message: { case: "unsubscribe", value: { id } } });
    },
    snapshot({ subscriptionId: id, frames, asOf, complete }) {
      const owner = open.get(id);
      if (owner === undefined) return;
      deliver(frames, owner);
      marks.cover(id, asOf);
      if (complete) owner.snapshotDone((event) => marks.covers(id, event.id.publisher, event.id.sequence));
    },
    live: (frames) => deliver(frames, "all"),
    mark({ marks: given, timeMs }) {
      marks.raise(given);
      newestMs = Math.max(newestMs, timeMs);
    },
    refused({ subscriptionId: id, error, message }) {
      const owner = open.get(id);
      if (owner === undefined) return;
      const own = connection;
      if (error?.retryable)
        return void after(error.retryAfterMs, () => {
          if (own === connection && open.get(id) === owner) subscribe(owner);
        });
      open.delete(id);
      marks.uncover(id);
      owner.end(new OrreryError(clientErrors.CLIENT_REFUSED, { given: message || error?.code || id }));
    },
    broke() {
      connection += 1;
      for (const [id, owner] of open) {
        if (owner.settled) continue;
        owner.restart();
        marks.uncover(id);
      }
    },
    mistrust: () => marks.clear(),
    end(error) {
      connection += 1;
      for (const owner of open.values()) owner.end(error);
      open.clear();
    },
  };
}
