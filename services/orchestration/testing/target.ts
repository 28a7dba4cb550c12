import { Code, ConnectError } from "@connectrpc/connect";
import { WalletService } from "@orrery/schema/payment/v1";
import { defineErrors, OrreryError } from "@orrery/wire";
import { standIn } from "@orrery/simulation/testing";

const kinds = defineErrors({
  TEST_NO: { status: "failed_precondition", summary: "No", todo: "Ask for something else" },
  TEST_BUSY: { status: "unavailable", summary: "Not now", todo: "Ask again", retryable: true },
  TEST_BREAKER_OPEN: { status: "unavailable", summary: "Held off", todo: "Ask again", retryable: true },
});

/** How a call goes: `lost` has its effect, and its answer does not arrive. */
export type Way = "ok" | "no" | "busy" | "away" | "lost" | "hang";

/** A service that other workflows call: each key has its effect once, whatever is asked under it. */
export function createTarget() {
  /** `hold <key>`, `release <hold>`: effects, in the order in which they came about. */
  const effects: string[] = [];
  const calls: string[] = [];
  let way: (call: string) => Way = () => "ok";

  async function act(call: string): Promise<void> {
    calls.push(call);
    const goes = way(call);
    if (goes === "no") throw new OrreryError(kinds.TEST_NO, { given: call });
    if (goes === "busy") throw new OrreryError(kinds.TEST_BUSY, { given: call });
    if (goes === "away") throw new OrreryError(kinds.TEST_BREAKER_OPEN, { given: call });
    if (goes === "hang") return new Promise(() => {});
    if (!effects.includes(call)) effects.push(call);
    if (goes === "lost") throw new ConnectError("cut off", Code.Unavailable);
  }

  const definition = standIn("payment", WalletService, {
    async hold({ idempotencyKey: key, amount }) {
      await act(`hold ${key}`);
      return { hold: { holdId: key, amount } };
    },
    async release({ holdId }) {
      await act(`release ${holdId}`);
      return { hold: { holdId } };
    },
    async capture({ idempotencyKey: key }) {
      await act(`capture ${key}`);
      return { transaction: { txId: `tx-${key}` } };
    },
  });
  return {
    ...{ definition, effects, calls },
    goes: (how: (call: string) => Way) => void (way = how),
    /** How often an effect was asked for. */
    times: (call: string) => calls.filter((one) => one === call).length,
  };
}
export type Target = ReturnType<typeof createTarget>;
