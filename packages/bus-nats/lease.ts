import { busErrors, type Clock, type Delivery } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { deliveryFacts, readReturn } from "./frame-message.ts";
import type { SameFrames } from "@orrery/bus/internal";

/** A message that the server has leased to this member. */
export interface Leased {
  readonly frame: Uint8Array;
  /** The frame came through a requeue. */
  readonly returned: boolean;
  /** Not due yet: it was handed back, and no attempt is counted. */
  readonly early: boolean;
  /** Before it is handed out: keeps the lease. */
  keep(): void;
  /** Gives it back at once; what its holder still does is refused. */
  giveBack(): void;
  settle(): void;
  /** It ran out without being renewed: the server gives the frame to somebody else. */
  readonly expired: boolean;
  delivery(): Delivery;
}

let leases = 0;

/** The life of one lease, over the message's reply subject. */
export function lease(
  nc: NatsConnection,
  clock: Clock,
  leaseMs: number,
  message: Msg,
  returned: boolean,
  left: (leased: Leased) => void,
  recent: SameFrames,
): Leased {
  const facts = deliveryFacts(message);
  const terms = readReturn(returned ? message.headers : undefined);
  const frame = recent.same(facts.place, message.data);
  const name = `${facts.sequence}#${++leases}`;
  let expiresMs = clock.now() + leaseMs;
  let open = true;
  // A requeued frame with a pause is handed back once for that pause: this delivery is no attempt.
  const early = terms.delayMs > 0 && facts.deliveries === 1;
  const attempt = terms.attempt + facts.deliveries - (terms.delayMs > 0 ? 2 : 1);

  const answer = (text: string) => nc.publish(message.reply ?? "", text);
  function held(): void {
    if (open && clock.now() < expiresMs) return;
    throw new OrreryError(busErrors.BUS_LEASE_LOST, { given: name });
  }
  function leave(text: string): void {
    answer(text);
    open = false;
    left(leased);
  }
  const negative = (ms: number) => (ms > 0 ? `-NAK {"delay":${Math.ceil(ms * 1e6)}}` : "-NAK");

  const leased: Leased = {
    frame,
    returned,
    early,
    keep() {
      if (!open || expiresMs - clock.now() > (leaseMs * 2) / 3) return;
      answer("+WPI");
      expiresMs = clock.now() + leaseMs;
    },
    giveBack() {
      if (!open) return;
      if (clock.now() < expiresMs) return leave(early ? negative(terms.delayMs) : "-NAK");
      open = false;
      left(leased);
    },
    get expired() {
      return clock.now() >= expiresMs;
    },
    settle: () => leave("+ACK"),
    delivery: () => ({
      frame,
      attempt: Math.max(attempt, 1),
      generation: terms.generation,
      leaseId: name,
      leaseExpiresMs: expiresMs,
      settle() {
        try {
          held();
          leave("+ACK");
        } catch (error) {
          return Promise.reject(error);
        }
        return undefined;
      },
      async delay(ms) {
        held();
        leave(negative(ms));
      },
      async renew() {
        held();
        const nowMs = clock.now();
        answer("+WPI");
        return (expiresMs = nowMs + leaseMs);
      },
    }),
  };
  return leased;
}
