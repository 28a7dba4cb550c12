import { LocalAct, DisputeStatus } from "@orrery/schema/payment/v1";
import { type Kit, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { book } from "../../book.ts";
import { signed } from "../../hooks/signature.ts";
import { secret } from "../../secrets.ts";
import type { PaymentTables } from "../../tables.ts";
import type { Provider } from "../provider.ts";
import { createBank } from "./bank.ts";
import { openMemory } from "./keep.ts";
import { localProvider, writeLocal } from "./provider.ts";

/** A webhook on its way. */
export interface LocalHook {
  readonly body: Uint8Array;
  readonly signature: string;
}

/** Where the local provider is played by hand. */
export interface LocalDesk {
  readonly provider: Provider;
  /** @throws PAYMENT_PROVIDER_REFUSED, RPC_FIELD_INVALID */
  act(act: LocalAct, ref: string): Promise<void>;
  moveBy(ms: number): Promise<number>;
  /** The webhook that waits longest, signed for this try; undefined: none waits. */
  next(): LocalHook | undefined;
  /** It was taken, or is given up. */
  delivered(): void;
  /** Is told when some wait. */
  onHooks(tell: () => void): void;
  close(): Promise<void>;
}

export async function createDesk(kit: Kit): Promise<LocalDesk> {
  const memory = await openMemory(kit.store);
  const { state } = memory;
  await kit.part(book).whenTaken(() => memory.read());
  const db = kit.store.as<PaymentTables>();
  const key = Buffer.from(await secret(db, "local-webhook")).toString("base64url");
  const waiting: Uint8Array[] = [];
  let tell = () => {};
  let count = 0;
  const incarnation = Math.floor(kit.clock.now()).toString(36);

  const bank = createBank(
    state,
    () => kit.clock.now(),
    (about, type) => {
      waiting.push(writeLocal(`evt_${incarnation}_${++count}`, type, about));
    },
  );
  const provider = localProvider({ state, bank, save }, [key]);

  async function save(): Promise<void> {
    await memory.save();
    if (waiting.length > 0) tell();
  }

  function perform(act: LocalAct, ref: string): void {
    switch (act) {
      case LocalAct.PAY:
        return bank.pay(ref, true);
      case LocalAct.PAY_LATER:
        return bank.pay(ref, false);
      case LocalAct.DECLINE:
        return bank.decline(ref);
      case LocalAct.ABANDON:
        return bank.abandon(ref);
      case LocalAct.SETTLE:
        return bank.settle(ref, true);
      case LocalAct.FAIL:
        return bank.settle(ref, false);
      case LocalAct.INQUIRE:
        return bank.dispute(ref, DisputeStatus.INQUIRY);
      case LocalAct.DISPUTE:
        return bank.dispute(ref, DisputeStatus.WITHDRAWN);
      case LocalAct.WIN_DISPUTE:
        return bank.dispute(ref, DisputeStatus.WON);
      case LocalAct.LOSE_DISPUTE:
        return bank.dispute(ref, DisputeStatus.LOST);
      case LocalAct.BREAK_CARD:
        return bank.setCard(ref, false);
      case LocalAct.MEND_CARD:
        return bank.setCard(ref, true);
      default:
        throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: `act ${act}` });
    }
  }

  return {
    provider,
    async act(act, ref) {
      try {
        perform(act, ref);
      } finally {
        await save();
      }
    },
    async moveBy(ms) {
      bank.moveTo(bank.nowMs() + ms);
      await save();
      return bank.nowMs();
    },
    next() {
      const [body] = waiting;
      // Signed when it goes out: its time is that of the try, not of what it tells.
      return body && { body, signature: signed([key], Math.floor(bank.nowMs() / 1_000), body) };
    },
    delivered: () => void waiting.shift(),
    onHooks: (told) => void (tell = told),
    close: () => memory.save(),
  };
}
