import { LocalProviderService } from "@orrery/schema/payment/v1";
import { serve, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { till } from "../till.ts";

const FURTHEST_MS = 10 * 366 * 86_400_000;

/** Plays what a player, a bank and time would do. */
export const local = serve(LocalProviderService, {
  async act({ act, ref }, call) {
    const { desk, provider } = call.part(till);
    await desk.act(act, ref);
    const subscription = await provider.subscription(ref);
    const payment = await provider.payment(ref);
    return { ...(subscription && { subscription }), ...(payment && { payment }) };
  },
  async moveClock({ byMs }, call) {
    if (!(byMs >= 0 && byMs <= FURTHEST_MS))
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `by_ms ${byMs}` });
    return { nowMs: await call.part(till).desk.moveBy(Math.floor(byMs)) };
  },
});
