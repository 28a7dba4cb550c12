import { ReceiptStatus } from "@orrery/schema/payment/v1";
import { type Kit } from "@orrery/service";
import { isError } from "@orrery/wire";
import { book } from "../book.ts";
import { paymentErrors } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import { RECEIPT } from "../store/rows.ts";
import { problemOf } from "./signature.ts";

export interface HookAnswer {
  readonly status: number;
  readonly message: string;
  /** It waits for its turn now. */
  readonly accepted: boolean;
}

const answer = (status: number, message: string, accepted = false): HookAnswer => ({
  status,
  message,
  accepted,
});

/**
 * Takes a webhook: looks at its signature, writes it down once, and answers. What it is about is looked at afterwards, so
 * that the provider never waits for itself.
 */
export async function receive(
  kit: Kit,
  provider: Provider,
  body: Uint8Array,
  signature: string,
): Promise<HookAnswer> {
  const problem = problemOf(signature, body, { secrets: provider.secrets(), nowMs: provider.nowMs() });
  if (problem !== undefined) return answer(400, `${paymentErrors.PAYMENT_SIGNATURE.code}: ${problem}`);
  let event: ReturnType<Provider["read"]>;
  try {
    event = provider.read(body);
  } catch (error) {
    if (!isError(error, paymentErrors.PAYMENT_HOOK_UNREADABLE)) throw error;
    return answer(400, error.message);
  }
  const { id, type, about } = event;
  const key = { provider: provider.name, event_id: id };
  const known = await kit.part(book).submit({
    worlds: [],
    reads: [{ table: RECEIPT, key: [key.provider, key.event_id] }],
    async run(draft) {
      if ((await draft.get(RECEIPT, key.provider, key.event_id)) !== undefined) return true;
      draft.put(RECEIPT, {
        ...{ ...key, type },
        about: JSON.stringify(about),
        status: about.length === 0 ? ReceiptStatus.IGNORED : ReceiptStatus.RECEIVED,
        attempts: 0,
        received_ms: draft.nowMs,
        next_ms: draft.nowMs,
        problem: "",
      });
      return false;
    },
  });
  return answer(200, known ? "known" : "received", !known && about.length > 0);
}
