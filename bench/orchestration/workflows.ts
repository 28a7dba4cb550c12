import { randomUUID } from "node:crypto";
import { type Purchase, PurchaseSchema } from "@orrery/schema/orchestration/v1";
import { WalletService } from "@orrery/schema/payment/v1";
import { FOR_EVER, type Makers, workflow } from "@orrery/orchestration/engine";

const { hold, release } = WalletService.method;

const about = (id: string) =>
  ({
    ...{ module: import.meta.url, id, version: 1, summary: "For trials.", deadlineMs: 0 },
    starts: ["service"],
  }) as const;

/** A call whose effect is named in its memo, whatever its key is: `<execution>/<step>`. */
const held = ({ rpc, undoneBy }: Makers<Purchase>, stepId: string, needs: readonly string[], loose = false) =>
  rpc(hold, {
    needs,
    keyWindowMs: FOR_EVER,
    request: ({ executionId }) => ({
      ...{ worldId: "w", accountId: "player:x/coin", amount: 1, memo: `${executionId}/${stepId}` },
      ...(loose && { idempotencyKey: randomUUID() }),
    }),
    compensate: undoneBy(
      release,
      hold,
      (_see, _key, done) => ({ worldId: "w", holdId: done.hold?.memo ?? "" }),
      {
        keyWindowMs: FOR_EVER,
      },
    ),
  });

const chain = (id: string, loose = false) =>
  workflow(PurchaseSchema, (makers) => ({
    ...about(id),
    steps: {
      a: held(makers, "a", [], loose),
      b: held(makers, "b", ["a"], loose),
      c: held(makers, "c", ["b"], loose),
      d: held(makers, "d", ["c"], loose),
    },
  }));

/** a → b → c → d. */
export const four = chain("four");
/** Waits for a word that nobody says. */
export const waiting = workflow(PurchaseSchema, (makers) => ({
  ...about("waiting"),
  steps: { yes: makers.approve({ by: "admin" }), a: held(makers, "a", ["yes"]) },
}));
/** `loose` has a new key for each try: what a trial has to find. */
export const forTrials = [four, chain("loose", true), waiting];
