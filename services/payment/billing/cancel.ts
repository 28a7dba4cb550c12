import { CancelRequest, Subscription } from "@orrery/schema/payment/v1";
import { type Call, callerName } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { commandOf, idOf } from "../commit/once.ts";
import { paymentErrors } from "../errors.ts";
import type { PaymentTables } from "../tables.ts";
import { till } from "../till.ts";
import { objectOf, readSubscription } from "./known.ts";

/** Ends a player's subscription. @throws PAYMENT_UNKNOWN_PAYMENT where it is not theirs */
export async function cancel(request: CancelRequest, call: Call): Promise<Subscription> {
  const { provider, refresher } = call.part(till);
  const { subscriptionRef: ref, now } = request;
  const player = request.playerId === "" && call.caller.role === "player" ? call.caller.id : request.playerId;
  const db = call.kit.store.as<PaymentTables>();
  const find = () => objectOf(db, provider.name, "subscription", ref);
  const known = await find();
  if (known === undefined || known.player !== player)
    throw new OrreryError(paymentErrors.PAYMENT_UNKNOWN_PAYMENT, { given: `${ref} of ${player}` });
  const command = commandOf("cancel", [callerName(call.caller)], CancelRequest, request);
  await provider.cancel(ref, now, `orrery-${idOf("cancel", command)}`);
  await refresher.refresh({ kind: "subscription", ref });
  return readSubscription((await find()) ?? known);
}
