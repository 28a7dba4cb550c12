import { Entitlement, GrantRequest } from "@orrery/schema/payment/v1";
import { type Call, callerName, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError, PLATFORM } from "@orrery/wire";
import { book } from "../book.ts";
import { answerOnce, commandOf, idOf } from "../commit/once.ts";
import { paymentErrors } from "../errors.ts";
import { checkPlayer } from "../ledger/account.ts";
import { ENTITLEMENT, GRANTED } from "../store/rows.ts";
import { entitledByGrant } from "./entitled.ts";
import { settle } from "./entitlements.ts";

const KEY = /^(tier\.(premium|patron)|pack\.[a-z0-9-]{1,48})$/;
const DAYS_MOST = 366;
const DAY_MS = 86_400_000;

/** An operator lets something hold that nobody paid for, for a time. */
export function grant(request: GrantRequest, call: Call): Promise<InitOf<typeof Entitlement>> {
  const { playerId, key, days, reason } = request;
  checkPlayer(playerId);
  const refuse = (given: string) => new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given });
  if (!KEY.test(key)) throw refuse(`key ${JSON.stringify(key.slice(0, 64))}; it is like \`tier.premium\``);
  if (days < 1 || days > DAYS_MOST) throw refuse(`days ${days}, 1..${DAYS_MOST}`);
  if (reason.trim() === "") throw new OrreryError(paymentErrors.PAYMENT_REASON_MISSING, { given: key });
  const command = commandOf("grant", [callerName(call.caller)], GrantRequest, request);
  const id = idOf("grant", command);
  return call.part(book).submit({
    worlds: [PLATFORM],
    run: (draft) =>
      answerOnce(draft, command, Entitlement, async () => {
        const fromMs = Math.floor(draft.nowMs);
        const untilMs = fromMs + days * DAY_MS;
        draft.put(GRANTED, {
          ...{ id, key, reason },
          player: playerId,
          from_ms: fromMs,
          until_ms: untilMs,
        });
        await settle(draft, id, playerId, entitledByGrant({ key, fromMs, untilMs }, draft.nowMs));
        const row = await draft.get(ENTITLEMENT, id);
        return Entitlement.decode(row?.body ?? new Uint8Array());
      }),
  });
}
