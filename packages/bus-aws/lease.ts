import type { Message } from "@aws-sdk/client-sqs";
import { busErrors, type Clock, type Delivery } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import type { Inbox } from "./inbox.ts";
import { LIMITS } from "./limits.ts";
import { frameOf, returnOf } from "./message.ts";

/** One message from receive to delete. */
export interface Lease {
  readonly frame: Uint8Array;
  /** Messages of one group come in order; empty on a standard queue. */
  readonly group: string;
  /** Unix ms: not to be handed out before. */
  readonly notBeforeMs: number;
  readonly expired: boolean;
  /** Extends it while nobody has it yet. */
  keep(): void;
  /** Back to the queue, to come again not before `seconds` from now. Its delivery is void from now on. */
  giveBack(seconds?: number): Promise<void>;
  delivery(): Delivery;
}

export interface LeaseTerms {
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly visibilitySeconds: number;
  /** It is not held here any more. */
  left(lease: Lease): void;
  /** The frame as other subscriptions of this process have it. */
  same(frame: Uint8Array): Uint8Array;
  /** Handed back: what follows it in its group must wait for it. */
  delayed(lease: Lease, seconds: number): Promise<void>;
}

const seconds = (ms: number) => Math.min(LIMITS.visibilitySeconds, Math.max(0, Math.ceil(ms / 1000)));

export function createLease(message: Message, terms: LeaseTerms): Lease {
  const { inbox, clock, leaseMs, visibilitySeconds } = terms;
  const receipt = message.ReceiptHandle ?? "";
  const returned = returnOf(message);
  const receives = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
  const receivedMs = clock.now();
  /** AWS renews nothing beyond 12 h from the receive. */
  const lastMs = receivedMs + LIMITS.visibilitySeconds * 1000;
  let expiresMs = Math.min(receivedMs + leaseMs, lastMs);
  let over = false;
  let renewing = false;

  const lost = () =>
    new OrreryError(busErrors.BUS_LEASE_LOST, { given: `message ${message.MessageId ?? "?"}` });

  function leave(): void {
    over = true;
    terms.left(lease);
  }

  function demandHeld(): void {
    if (!over && clock.now() < expiresMs) return;
    if (!over) leave();
    throw lost();
  }

  async function extend(): Promise<number> {
    const beganMs = clock.now();
    const left = lastMs - beganMs;
    if (left < 1_000) {
      leave();
      throw lost();
    }
    await inbox.hide(receipt, Math.min(visibilitySeconds, Math.floor(left / 1000)));
    if (over) throw lost();
    expiresMs = Math.min(beganMs + leaseMs, lastMs);
    return expiresMs;
  }

  const delivery: Delivery = {
    frame: terms.same(frameOf(message)),
    attempt: returned.attempt + receives - 1,
    generation: returned.generation,
    leaseId: receipt,
    get leaseExpiresMs() {
      return expiresMs;
    },
    async settle() {
      demandHeld();
      // No heartbeat once its delete is on its way.
      leave();
      await inbox.remove(receipt);
    },
    async delay(ms) {
      demandHeld();
      await terms.delayed(lease, seconds(ms));
    },
    async renew() {
      demandHeld();
      return extend();
    },
  };

  const lease: Lease = {
    frame: delivery.frame,
    group: message.Attributes?.MessageGroupId ?? "",
    notBeforeMs: returned.notBeforeMs,
    get expired() {
      return clock.now() >= expiresMs;
    },
    keep() {
      if (over || renewing) return;
      renewing = true;
      void extend()
        .catch(() => leave())
        .finally(() => (renewing = false));
    },
    async giveBack(wait = 0) {
      if (over) return;
      leave();
      // When it cannot be said, it comes back by itself after its visibility.
      await inbox.hide(receipt, wait).catch(() => undefined);
    },
    delivery: () => delivery,
  };
  return lease;
}
