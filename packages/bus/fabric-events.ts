import { DeadLettered, DeadLetterReason as Reason, Redriven, RedriveOutcome } from "@orrery/schema/bus/v1";
import { PLATFORM } from "@orrery/wire";
import type { DeadLetter, DeadLetterReason } from "./transport.ts";
import type { Publisher } from "./publisher.ts";

/** A stranger's frame may name any world: only what could be one of ours is told there. */
const LONGEST_WORLD = 200;

/** Events about a world's events are that world's; those of unreadable frames are the platform's. */
export const worldOfReport = ({ contentType, world }: DeadLetter): string =>
  contentType !== "frame" && world !== "" && world.length <= LONGEST_WORLD ? world : PLATFORM;

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

/** Most bytes of an event that its report repeats: every transport carries that. The letter has them all. */
const REPORTED_BYTES = 65_536;
/** Longest text of a report, characters: a stranger's frame may name itself by any. */
const REPORTED_TEXT = 1_000;

const cut = (text: string) => (text.length <= REPORTED_TEXT ? text : `${text.slice(0, REPORTED_TEXT)}…`);

/** What of an event's bytes stands in a report, and where the rest is. */
export function reportedPayload(
  subscription: string,
  { entryId, payload }: Pick<DeadLetter, "entryId" | "payload">,
) {
  const fits = payload.length <= REPORTED_BYTES;
  return {
    payload: fits ? payload : new Uint8Array(),
    payloadBytes: payload.length,
    payloadAt: fits ? "" : `${subscription} ${entryId}`,
  };
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
      publisher: cut(by),
      sequence,
      type: cut(letter.type),
      key: cut(letter.key),
      reason: REASONS[letter.reason],
      code: letter.code,
      message: letter.message,
      attempts: letter.attempts,
      firstMs: letter.firstMs,
      lastMs: letter.lastMs,
      frameId: cut(letter.frameId),
      contentType: letter.contentType,
      ...reportedPayload(subscription, letter),
      traceparent: letter.traceparent,
      generation: letter.generation,
    },
    by === "" || by.length > REPORTED_TEXT ? {} : { cause: { publisher: by, sequence } },
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
    publisher: cut(letter.publisher),
    sequence: letter.sequence,
    by: given.by,
    note: given.note,
    generation: letter.generation,
    outcome: given.sent ? RedriveOutcome.SENT : RedriveOutcome.REFUSED,
  });
}
