import type { Delivered } from "@orrery/bus";
import { codecs } from "@orrery/schema/registry";
import { stripServerOnly } from "@orrery/wire";
import type { Audience, SeenEvent } from "./seen-event.ts";

/** Types that any client may see, for the subscription to the bus. */
export function visibleTypes(): string[] {
  return [...codecs.values()]
    .filter(({ event }) => event !== undefined && event.audience !== "none")
    .map(({ typeName }) => typeName);
}

/** What clients may know of an event; undefined when no client may. */
export function see(event: Delivered): SeenEvent | undefined {
  const codec = codecs.get(event.type);
  if (codec?.event === undefined) return undefined;
  const audience = audienceFromPayload(codec, event.payload, event.key);
  if (audience === undefined) return undefined;
  const { world, source, publisher, sequence, lane, type, key, timeMs, cause } = event;
  return {
    world,
    source,
    publisher,
    sequence,
    lane,
    type,
    key,
    timeMs,
    cause,
    // A copy: the frame's buffer goes back to the bus when the handler returns.
    payload: stripServerOnly(codec, event.payload).slice(),
    coalesce: codec.event.coalesce,
    audience,
  };
}

type KnownCodec = NonNullable<ReturnType<typeof codecs.get>>;

/** Who may have an event, by its type's option. */
export function audienceFromPayload(
  codec: KnownCodec,
  payload: Uint8Array,
  key: string,
): Audience | undefined {
  const facts = codec.event;
  switch (facts?.audience) {
    case "world":
      return { to: "world" };
    case "region": {
      const region = fieldOf(codec, payload, facts.regionField);
      return typeof region === "string" ? { to: "region", region } : undefined;
    }
    case "entity":
      return { to: "entity", entity: key };
    case "listed": {
      const players = fieldOf(codec, payload, facts.listedField);
      return Array.isArray(players) ? { to: "players", players } : undefined;
    }
    case "owner":
      return { to: "players", players: [key] };
    default:
      return undefined;
  }
}

/** A field by the name it has in messages, read lazily. */
function fieldOf(codec: KnownCodec, payload: Uint8Array, localName: string | undefined): unknown {
  return localName === undefined ? undefined : (codec.view(payload) as Record<string, unknown>)[localName];
}
