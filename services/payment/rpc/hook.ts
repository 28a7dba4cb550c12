import { HookService } from "@orrery/schema/router/v1";
import { serve } from "@orrery/service";
import { isError } from "@orrery/wire";
import { paymentErrors } from "../errors.ts";
import { hooks } from "../hooks/worker.ts";
import { till } from "../till.ts";

/** Where each provider puts its signature. */
const SIGNATURE: ReadonlyMap<string, string> = new Map([
  ["local", "orrery-signature"],
  ["stripe", "stripe-signature"],
]);

/** What the edge hands over of `POST /hooks/payment/<provider>`. */
export const hook = serve(HookService, {
  async deliver({ name, headers, body }, call) {
    const owned = call.part(till);
    if (!owned.on || owned.provider.name !== name)
      return { status: 404, message: `${paymentErrors.PAYMENT_PROVIDER_DISABLED.code}: ${name}` };
    const header = SIGNATURE.get(name);
    const signature = headers.find((own) => own.name === header)?.value ?? "";
    try {
      const { status, message } = await call.part(hooks).receive(body, signature);
      return { status, message };
    } catch (error) {
      // The provider comes again with what could not be written down.
      if (isError(error, paymentErrors.PAYMENT_BUSY) || isError(error, paymentErrors.PAYMENT_STORE_AWAY))
        return { status: 503, message: error.code };
      throw error;
    }
  },
});
