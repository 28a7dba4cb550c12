import type { Hello, Subscribe } from "@orrery/schema/router/v1";
import { OrreryError } from "@orrery/wire";
import { routerErrors } from "./errors.ts";
import { common, concerns, type Interest, interestOf, reaches, without } from "./interest.ts";
import { LIMITS } from "./limits.ts";
import { createQueue, type Queue } from "./queue.ts";
import { type Parcel, parcelOf } from "./parcel.ts";
import type { SeenEvent } from "./seen-event.ts";
import type { Claims } from "./tokens/claims.ts";

/*
 * A session is what the edge knows of one client. While the snapshots of a subscription are on their way its
 * queue is held: live events gather in it, and nothing is written. When they are sent, what they cover is
 * dropped, then and when it comes later, and the rest follows in the order of its streams: nothing is missing,
 * nothing comes twice, and no event overtakes another of its publisher.
 */
export interface Session {
  readonly id: string;
  readonly player: string;
  readonly device: string;
  readonly world: string;
  readonly hello: Hello;
  readonly connectedMs: number;
  /** With which others it is served, 0..SHARES - 1. */
  readonly share: number;
  claims: Claims;
  readonly queue: Queue;
  interest(id: string): Interest | undefined;
  interests(): readonly Interest[];
  /** Snapshots are on their way: neither batches nor marks may be written. */
  readonly loading: boolean;
  /** `free`, `premium` or `patron`. */
  tier: string;
  /** Of its content policy; empty: there is none. */
  policyId: string;
  /** Under which settings knows it: of who came back within the linger that of before. Empty: it does not. */
  opened: string;
  sent: number;
  bytes: number;
  resumes: number;
  /** Live events of the session's world: those that it wants are queued. */
  offer(parcel: Parcel, nowMs: number): void;
  /** What it missed while it was away, before anything is offered: those that it wants are queued. */
  catchUp(parcels: readonly Parcel[], nowMs: number): void;
  /** It has all up to these marks, or is about to be given it: what comes live of that is a repeat. */
  has(marks: ReadonlyMap<string, number>): void;
  /** What the snapshots of everything that it looks at cover, by publisher. */
  covered(): ReadonlyMap<string, number>;
  /** Whether it may look at all of this from the beginning. @throws ROUTER_SUBSCRIPTION, ROUTER_SCOPE */
  check(asked: readonly Subscribe[]): void;
  /** Checks and puts a look in place of one with the same id. @throws ROUTER_SUBSCRIPTION, ROUTER_SCOPE */
  look(asked: Subscribe, begins: "with snapshots" | "where the cursor is"): Look;
  /** Snapshots of a subscription are sent, and cover the streams up to these marks. */
  loaded(id: string, asOf: ReadonlyMap<string, number>): void;
  /** @returns what it looked at */
  leave(id: string): Interest | undefined;
}

export interface Look {
  /** What it looks at now that no earlier snapshot of this subscription covers; undefined: nothing. */
  readonly fresh: Interest | undefined;
  readonly interest: Interest;
  readonly instead: Interest | undefined;
}

/** A part of a subscription that was loaded at once, and what its snapshots cover of each publisher. */
interface Part {
  readonly interest: Interest;
  readonly covered: Map<string, number>;
}

interface Subscription {
  readonly interest: Interest;
  readonly parts: readonly Part[];
  readonly fresh: Part | undefined;
  loading: boolean;
}

function checkCount(count: number): void {
  if (count <= LIMITS.subscriptions) return;
  const counts = `${count} subscriptions, at most ${LIMITS.subscriptions}`;
  throw new OrreryError(routerErrors.ROUTER_SUBSCRIPTION, { given: counts });
}

export function createSession(given: {
  readonly id: string;
  readonly hello: Hello;
  readonly claims: Claims;
  readonly world: string;
  readonly connectedMs: number;
  readonly share: number;
}): Session {
  const subscriptions = new Map<string, Subscription>();
  /** Of all subscriptions. */
  let parts: readonly Part[] = [];
  /** None of them picks types. */
  let everyType = true;
  let loading = false;
  let had: ReadonlyMap<string, number> = new Map();
  const queue = createQueue();
  const { player } = given.claims;

  function gather(): void {
    const all = [...subscriptions.values()];
    parts = all.flatMap((subscription) => subscription.parts);
    everyType = parts.every(({ interest }) => interest.types.length === 0);
    loading = all.some((subscription) => subscription.loading);
  }

  /** Own events come without any interest, and no snapshot covers them. */
  function wants(event: SeenEvent): boolean {
    if (had.size > 0 && event.sequence <= (had.get(event.publisher) ?? 0)) return false;
    if (event.audience.to === "players") return event.audience.players.includes(player);
    for (const { interest, covered } of parts)
      if (concerns(interest, event) && event.sequence > (covered.get(event.publisher) ?? 0)) return true;
    return false;
  }

  /** All of it, as far as can be told without a look at each event: mostly so. */
  function wantsAll({ audiences, lowest }: Parcel): boolean {
    if (!everyType) return false;
    const isNews = (marks: ReadonlyMap<string, number>) => {
      if (marks.size > 0)
        for (const [publisher, sequence] of lowest) if (sequence <= (marks.get(publisher) ?? 0)) return false;
      return true;
    };
    if (!isNews(had) || !parts.every(({ covered }) => isNews(covered))) return false;
    return audiences.every((audience) =>
      audience.to === "players"
        ? audience.players.includes(player)
        : parts.some(({ interest }) => reaches(interest, audience)),
    );
  }

  const wantedOf = (parcel: Parcel) => (wantsAll(parcel) ? parcel : parcelOf(parcel.events.filter(wants)));

  return {
    id: given.id,
    player,
    device: given.hello.deviceId,
    world: given.world,
    hello: given.hello,
    connectedMs: given.connectedMs,
    share: given.share,
    claims: given.claims,
    queue,
    interest: (id) => subscriptions.get(id)?.interest,
    interests: () => [...subscriptions.values()].map(({ interest }) => interest),
    get loading() {
      return loading;
    },
    tier: "free",
    policyId: "",
    opened: "",
    sent: 0,
    bytes: 0,
    resumes: 0,
    offer: (parcel, nowMs) => queue.push(wantedOf(parcel), nowMs),
    catchUp(parcels, nowMs) {
      for (const parcel of parcels) queue.push(wantedOf(parcel), nowMs);
      queue.excuse();
    },
    has: (marks) => void (had = marks),
    covered() {
      const [first, ...others] = parts;
      const least = new Map<string, number>();
      for (const [publisher, sequence] of first?.covered ?? []) {
        const all = others.map(({ covered }) => covered.get(publisher) ?? 0);
        least.set(publisher, Math.min(sequence, ...all));
      }
      return least;
    },
    check(asked) {
      const ids = new Set(asked.map((one) => interestOf(one, given.claims.scopes).id));
      checkCount(ids.size);
    },
    look(asked, begins) {
      const interest = interestOf(asked, given.claims.scopes);
      if (!subscriptions.has(interest.id)) checkCount(subscriptions.size + 1);
      const before = subscriptions.get(interest.id);
      // A part that is still loading is asked for again.
      const settled = before?.parts.filter((part) => !before.loading || part !== before.fresh) ?? [];
      const kept = settled.flatMap((part) => {
        const left = common(part.interest, interest);
        return left === undefined ? [] : [{ ...part, interest: left }];
      });
      const news = without(
        interest,
        kept.map((part) => part.interest),
      );
      const fresh = news && { interest: news, covered: new Map<string, number>() };
      subscriptions.set(interest.id, {
        interest,
        parts: fresh ? [...kept, fresh] : kept,
        fresh,
        loading: fresh !== undefined && begins === "with snapshots",
      });
      gather();
      return { interest, fresh: news, instead: before?.interest };
    },
    loaded(id, asOf) {
      const subscription = subscriptions.get(id);
      if (subscription === undefined) return;
      for (const [publisher, sequence] of asOf) subscription.fresh?.covered.set(publisher, sequence);
      subscription.loading = false;
      gather();
      queue.keep(wants);
      queue.excuse();
    },
    leave(id) {
      const interest = subscriptions.get(id)?.interest;
      subscriptions.delete(id);
      gather();
      return interest;
    },
  };
}
