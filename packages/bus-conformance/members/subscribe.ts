import type { Bus, Clock, Transport } from "@orrery/bus";
import { readProbe } from "../probe.ts";
import type { MemberTerms, TakeNote } from "./member.ts";

export interface MemberLife {
  readonly terms: MemberTerms;
  readonly clock: Clock;
  readonly note: TakeNote;
  /** Ends this member here and now; nothing after it runs. */
  die(): Promise<never>;
}

const PREFETCH = 4;
const CONCURRENCY = 4;

/** Counts down to the moment a member dies at. */
function doom(terms: MemberTerms, at: NonNullable<MemberTerms["dies"]>["at"]): () => boolean {
  let left = terms.dies?.at === at ? terms.dies.nth : Infinity;
  return () => --left === 0;
}

/** A transport under whose member the ground opens between a handler's success and its settling. */
export function dyingTransport(inner: Transport, { terms, die }: MemberLife): Transport {
  const isTime = doom(terms, "before settling");
  return {
    ...inner,
    async open(spec) {
      const consumer = await inner.open(spec);
      return {
        get standby() {
          return consumer.standby;
        },
        close: () => consumer.close(),
        async pull(...args) {
          const deliveries = await consumer.pull(...args);
          return deliveries.map((delivery) => ({
            ...delivery,
            settle: () => (isTime() ? die() : delivery.settle()),
          }));
        },
      };
    },
  };
}

/** Subscribes as the terms say; every run of the handler is noted before it counts. */
export function subscribeMember(bus: Bus, life: MemberLife) {
  const { terms, clock, note } = life;
  const isTime = doom(terms, "in a handler");
  let runs = 0;
  return bus.subscribe({
    id: terms.subscription,
    types: terms.types,
    order: terms.order,
    prefetch: PREFETCH,
    from: "earliest",
    ...(terms.order === "none" ? { concurrency: CONCURRENCY } : {}),
    async handle({ payload, key, attempt, publisher, sequence }) {
      const run = ++runs;
      const { writer, n, intact } = readProbe(payload);
      const identity = `${publisher}/${sequence}`;
      note({ begin: run, writer, n, key, attempt, intact, identity, atMs: clock.now() });
      if (isTime()) return life.die();
      if (terms.handleMs > 0) await clock.sleep(terms.handleMs);
      note({ end: run, outcome: "ok", atMs: clock.now() });
    },
  });
}
