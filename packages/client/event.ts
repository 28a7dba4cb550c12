import { clientEvents } from "@orrery/schema/client-events";
import type { Audience, Codec, EventId, FrameEvent, Lane, MessageOf } from "@orrery/wire";

/** One event as a client holds it. */
export interface WorldEvent {
  readonly type: string;
  readonly id: EventId;
  readonly key: string;
  readonly service: string;
  readonly lane: Lane;
  /** Unix ms. */
  readonly timeMs: number;
  readonly cause: EventId | undefined;
  readonly payload: Uint8Array;
  /** The region it happens in; undefined when it concerns no single one. */
  readonly region: string | undefined;
  /** Came with a snapshot: it says how things are, not that they have just become so. */
  readonly snapshot: boolean;
  /** Its content, if it is of this type. */
  as<C extends Codec>(codec: C): MessageOf<C> | undefined;
}

/** Who may see events of a type; undefined for types that this client's contracts do not know. */
export function audienceOf(type: string): Audience | undefined {
  return clientEvents.get(type)?.event?.audience;
}

export function worldEvent(
  event: FrameEvent,
  about: { service: string; publisher: string; lane: Lane; snapshot: boolean },
): WorldEvent {
  const { type, key, sequence, timeMs, cause, payload } = event;
  return {
    type,
    key,
    timeMs,
    cause,
    payload,
    get region() {
      const codec = clientEvents.get(type);
      if (codec?.event?.audience !== "region" || codec.event.regionField === undefined) return undefined;
      return (codec.view(payload) as Record<string, string>)[codec.event.regionField];
    },
    id: { publisher: about.publisher, sequence },
    service: about.service,
    lane: about.lane,
    snapshot: about.snapshot,
    as: (codec) => (codec.typeName === type ? codec.decode(payload) : undefined),
  };
}
