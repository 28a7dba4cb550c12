import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { HelloSchema, type Subscribe, SubscribeSchema } from "@orrery/schema/router/v1";
import { type Parcel, parcelOf } from "./parcel.ts";
import type { SeenEvent } from "./seen-event.ts";
import { createSession, type Session } from "./session.ts";

let sequence = 0;

/** An event of the world as a whole, unless told otherwise; each newer than the one before. */
export function seenEvent(over: Partial<SeenEvent> = {}): SeenEvent {
  return {
    world: "w",
    source: "s",
    publisher: "p",
    sequence: ++sequence,
    lane: "standard",
    type: "t",
    key: "k",
    timeMs: 0,
    cause: undefined,
    payload: new Uint8Array(40),
    coalesce: false,
    audience: { to: "world" },
    ...over,
  };
}

export const inRegion = (region: string, over: Partial<SeenEvent> = {}): SeenEvent =>
  seenEvent({ ...over, audience: { to: "region", region } });

export const parcel = (...events: readonly SeenEvent[]): Parcel => parcelOf(events);

export const asks = (over: MessageInitShape<typeof SubscribeSchema> = {}): Subscribe =>
  create(SubscribeSchema, { id: "a", ...over });

export function playersSession(player = "player:me"): Session {
  return createSession({
    id: "session",
    hello: create(HelloSchema, { deviceId: "d" }),
    claims: { player, role: "player", scopes: [], worlds: [], expiresMs: 0, issuedMs: 0 },
    world: "w",
    connectedMs: 0,
    share: 0,
  });
}
