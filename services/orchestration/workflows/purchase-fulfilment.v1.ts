import { PurchaseDoneSchema, PurchaseSchema } from "@orrery/schema/orchestration/v1";
import { HoldResponseSchema, CaptureResponseSchema, WalletService } from "@orrery/schema/payment/v1";
import { StateService } from "@orrery/schema/state/v1";
import { PLATFORM } from "@orrery/wire";
import { FOR_EVER, workflow } from "../engine/mod.ts";

const { hold, release, capture } = WalletService.method;
const { grant, revoke } = StateService.method;
/** Of tokens: longer than the purchase may take. */
const TOKENS_HELD_MS = 86_400_000;
const MINUTES = 60_000;

/** Money is set aside, the items are given, and only then is the money taken: nobody loses both or gets both. */
export const purchaseFulfilment = workflow(PurchaseSchema, ({ rpc, undoneBy }) => ({
  module: import.meta.url,
  id: "purchase-fulfilment",
  version: 1,
  summary: "Something for money of the world or tokens: held, given, then taken.",
  output: PurchaseDoneSchema,
  starts: ["service"],
  owner: ({ playerId }) => playerId,
  deadlineMs: 5 * MINUTES,
  refuses({ playerId, currency, price, items }, worldId) {
    if (!playerId.startsWith("player:")) return "player_id is to be like player:ada";
    if (currency === "") return "currency is empty";
    if (!Number.isSafeInteger(price) || price < 1) return `price ${price}, a whole number from 1 on`;
    if (items.length === 0) return "items are empty";
    return worldId === "" ? "world_id is empty" : undefined;
  },
  steps: {
    hold: rpc(hold, {
      keyWindowMs: FOR_EVER,
      request: ({ input, worldId }) => ({
        worldId,
        accountId: `${input.playerId}/${input.currency}`,
        amount: input.price,
        memo: input.memo,
        ...(worldId === PLATFORM && { livesMs: TOKENS_HELD_MS }),
      }),
      compensate: undoneBy(
        release,
        hold,
        ({ worldId }, _key, done) => ({ worldId, holdId: done.hold?.holdId ?? "" }),
        { keyWindowMs: FOR_EVER },
      ),
    }),
    grant: rpc(grant, {
      needs: ["hold"],
      keyWindowMs: FOR_EVER,
      request: ({ input, worldId }, key) => ({
        ...{ worldId, owner: input.playerId, items: input.items },
        grantKey: key,
        source: "purchase",
      }),
      compensate: undoneBy(revoke, grant, ({ worldId }, _key, done) => ({
        worldId,
        grantKey: done.grant?.grantKey ?? "",
      })),
    }),
    capture: rpc(capture, {
      needs: ["grant"],
      pivot: true,
      keyWindowMs: FOR_EVER,
      request: (see, key) => {
        const { hold } = see.need(HoldResponseSchema, "hold");
        const { sellerAccountId, currency, memo } = see.input;
        return {
          worldId: see.worldId,
          holdId: hold?.holdId ?? "",
          toAccountId: sellerAccountId || `system:sink/${currency}`,
          ...{ memo, subject: key },
        };
      },
    }),
  },
  answer: (see) => ({
    txId: see.need(CaptureResponseSchema, "capture").transaction?.txId ?? "",
    holdId: see.need(HoldResponseSchema, "hold").hold?.holdId ?? "",
  }),
}));
