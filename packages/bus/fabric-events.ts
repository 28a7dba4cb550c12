import { DeadLettered, DeadLetterReason as Reason, Redriven, RedriveOutcome } from "@orrery/schema/bus/v1";
import type { DeadLetter, DeadLetterReason } from "./transport.ts";
import type { Publisher } from "./publisher.ts";

/** Events about a world's events are that world's; those of unreadable frames are the platform's. */
export const PLATFORM = "platform";

/** Package whose events are never reported about: a report must not breed reports. */
const OWN_PACKAGE = "bus.v1.";

const REASONS: Readonly<Record<DeadLetterReason, Reason>> = {
  MAX_ATTEMPTS: Reason.MAX_ATTEMPTS,
  UNDECODABLE: Reason.UNDECODABLE,
  UNKNOWN_TYPE: Reason.UNKNOWN_TYPE,
  REJECTED: Reason.REJECTED,
  EXPIRED: Reason.EXPIRED,
};

/** The service part of a subscription's id. */
export function serviceOf(subscription: string): string {
  return subscription.slice(0, subscription.indexOf("/"));
}

/** Says that a subscription gave an event up. */
export function reportDeadLetter(publisher: Publisher, subscription: string, letter: DeadLetter): void {
  if (letter.type.startsWith(OWN_PACKAGE)) return;
  const { publisher: by, sequence } = letter;
  void publisher.publish(
    DeadLettered,
    {
      entryId: letter.entryId,
      subscription,
      service: serviceOf(subscription),
      publisher: by,
      sequence,
      type: letter.type,
      key: letter.key,
      reason: REASONS[letter.reason],
      code: letter.code,
      message: letter.message,
      attempts: letter.attempts,
      firstMs: letter.firstMs,
      lastMs: letter.lastMs,
      frameId: letter.frameId,
      contentType: letter.contentType,
      payload: letter.payload,
      traceparent: letter.traceparent,
      generation: letter.generation,
    },
    by === "" ? {} : { cause: { publisher: by, sequence } },
  );
}

/** Says that a dead letter was sent again, or why not. */
export function reportRedrive(
  publisher: Publisher,
  subscription: string,
  letter: DeadLetter,
  given: { readonly by: string; readonly note: string; readonly sent: boolean },
): void {
  if (letter.type.startsWith(OWN_PACKAGE)) return;
  void publisher.publish(Redriven, {
    entryId: letter.entryId,
    subscription,
    publisher: letter.publisher,
    sequence: letter.sequence,
    by: given.by,
    note: given.note,
    generation: letter.generation,
    outcome: given.sent ? RedriveOutcome.SENT : RedriveOutcome.REFUSED,
  });
}
