import { PurchaseDoneSchema, PurchaseSchema } from "@orrery/schema/orchestration/v1";
import { HoldResponseSchema, WalletService } from "@orrery/schema/payment/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { FOR_EVER, type Makers, type See, workflow } from "../engine/mod.ts";
import type { Purchase } from "@orrery/schema/orchestration/v1";

const { hold, release, capture } = WalletService.method;
const DAY_MS = 86_400_000;

/** A hold that another one follows, and that is released when it is to be undone. */
export const held = ({ rpc, undoneBy }: Makers<Purchase>, needs: readonly string[], more: object = {}) =>
  rpc(hold, {
    needs,
    keyWindowMs: FOR_EVER,
    request: ({ input }: See<Purchase>) => ({ worldId: "w", accountId: input.playerId, amount: input.price }),
    compensate: undoneBy(release, hold, (_see, _key, done) => ({ holdId: done.hold?.holdId ?? "" }), {
      keyWindowMs: FOR_EVER,
    }),
    ...more,
  });

const about = (id: string) =>
  ({
    ...{ module: import.meta.url, id, version: 1, summary: "For tests.", deadlineMs: 0 },
    starts: ["service", "player"],
    owner: ({ playerId }: Purchase) => playerId,
  }) as const;

/** a → b → c → d. */
export const four = workflow(PurchaseSchema, (makers) => ({
  ...about("four"),
  output: PurchaseDoneSchema,
  steps: {
    a: held(makers, []),
    b: held(makers, ["a"]),
    c: held(makers, ["b"]),
    d: held(makers, ["c"]),
  },
  answer: (see) => ({ holdId: see.need(HoldResponseSchema, "d").hold?.holdId ?? "" }),
}));

/** a → b, which is the point of no return → c. */
export const pivoted = workflow(PurchaseSchema, (makers) => ({
  ...about("pivoted"),
  deadlineMs: 60_000,
  steps: {
    a: held(makers, []),
    b: makers.rpc(capture, {
      needs: ["a"],
      pivot: true,
      keyWindowMs: FOR_EVER,
      request: () => ({ worldId: "w" }),
    }),
    c: held(makers, ["b"]),
  },
}));

export const approved = workflow(PurchaseSchema, (makers) => ({
  ...about("approved"),
  steps: {
    a: held(makers, []),
    yes: makers.approve({ needs: ["a"], by: "admin", timeoutMs: DAY_MS }),
    b: held(makers, ["yes"]),
  },
}));

/** One hold for each item of the input. */
export const mapping = workflow(PurchaseSchema, (makers) => ({
  ...about("mapping"),
  output: PurchaseDoneSchema,
  steps: {
    all: makers.map(hold, {
      keyWindowMs: FOR_EVER,
      over: ({ input }) => input.items,
      request: ({ input }, _key, item) => ({ worldId: "w", accountId: input.playerId, amount: item.count }),
      compensate: makers.undoneBy(release, hold, (_see, _key, done) => ({ holdId: done.hold?.holdId ?? "" })),
    }),
  },
  answer: (see) => ({
    txId: see
      .results(HoldResponseSchema, "all")
      .map(({ hold }) => hold?.amount)
      .join(" "),
  }),
}));

/** A day of real time, then a word of the weather, whichever came first. */
export const waiting = workflow(PurchaseSchema, ({ timer, event, pure }) => ({
  ...about("waiting"),
  output: PurchaseDoneSchema,
  steps: {
    day: timer({ wait: () => ({ ms: DAY_MS }) }),
    rain: event(WeatherChanged, {
      since: "start",
      about: ({ input }) => input.memo,
      names: ({ regionId }) => regionId,
    }),
    said: pure(PurchaseDoneSchema, {
      needs: ["day", "rain"],
      compute: ({ input }, seed) => ({ txId: `${input.memo} ${seed.length}` }),
    }),
    maybe: pure(PurchaseDoneSchema, {
      needs: ["said"],
      when: ({ input }) => input.price > 1,
      compute: () => ({ txId: "dear" }),
    }),
  },
  answer: (see) => ({
    txId: see.need(PurchaseDoneSchema, "said").txId,
    holdId: see.result(PurchaseDoneSchema, "maybe")?.txId ?? "cheap",
  }),
}));

/** An hour of the world, then a hold. */
export const patient = workflow(PurchaseSchema, (makers) => ({
  ...about("patient"),
  steps: { hour: makers.timer({ wait: () => ({ gs: 3_600 }) }), a: held(makers, ["hour"]) },
}));

/** Two of `four`, one after the other, and a hold that may fail. */
export const parent = workflow(PurchaseSchema, (makers) => ({
  ...about("parent"),
  output: PurchaseDoneSchema,
  steps: {
    first: makers.child("four", PurchaseSchema, { request: ({ input }) => input }),
    own: held(makers, ["first"]),
  },
  answer: (see) => ({ txId: see.need(PurchaseDoneSchema, "first").holdId }),
}));

export const forTests = [four, pivoted, approved, mapping, waiting, patient, parent];
