import { TakePlatformEvent } from "@orrery/schema/simulation/v1";
import { encodeBytes, type InitOf } from "@orrery/wire";
import type { Incoming, IncomingCommand } from "../shard.ts";

/*
 * What the platform says is taken in by each world for itself. A world's journal does not have the event, and the platform's
 * keeps it for as long as its own retention says: so the world's record holds it whole, as a command does. Replays, forks and
 * recovery of the world need nothing else.
 */

/** How a world records that it took in an event of the platform. */
export function asCommand(event: InitOf<typeof TakePlatformEvent>["event"] & object): IncomingCommand {
  const { source = "", timeMs = 0, traceparent = "" } = event;
  return {
    method: TakePlatformEvent.typeName,
    request: encodeBytes(TakePlatformEvent, { event }),
    caller: source,
    idempotencyKey: "",
    stampedMs: timeMs,
    traceparent,
  };
}

/** The event that a recorded command stands for; undefined: it is a command like any other. */
export function platformEventIn({ method, request, opened }: IncomingCommand): Incoming | undefined {
  if (method !== TakePlatformEvent.typeName) return undefined;
  const { event } = TakePlatformEvent.decode(request);
  if (event === undefined) throw new RangeError("a platform event without an event");
  const { publisher, sequence, type, key, source, timeMs, payload, traceparent } = event;
  return {
    ofPlatform: true,
    publisher,
    sequence,
    type,
    key,
    source,
    timeMs,
    payload,
    traceparent,
    opened,
  };
}
