import { type EventId, type JournalEvent, JournalService, Order } from "@orrery/schema/bus/v1";
import { NeedCritical, NpcDied, NpcMoved } from "@orrery/schema/npc/v1";
import { GroundConditionsChanged, WeatherChanged, WeatherSevere } from "@orrery/schema/weather/v1";
import {
  FactionActed,
  PriceChanged,
  RegionControlChanged,
  RouteChanged,
  ShortageDeclared,
  WorldEventEnded,
  WorldEventStarted,
} from "@orrery/schema/world/v1";
import type { Edge } from "../../edge.ts";

/** What is compared, and what can be the cause of it. */
const TYPES = [
  ...[WeatherChanged, WeatherSevere, GroundConditionsChanged],
  ...[RouteChanged, PriceChanged, ShortageDeclared, FactionActed, RegionControlChanged],
  ...[WorldEventStarted, WorldEventEnded, NpcMoved, NeedCritical, NpcDied],
].map(({ typeName }) => typeName);
const PAGE = 1_000;

/** What one world told since both parted. */
export interface Told {
  readonly world: string;
  readonly events: readonly JournalEvent[];
  /** By publisher and sequence. */
  at(id: Pick<EventId, "publisher" | "sequence"> | undefined): JournalEvent | undefined;
  /** Whether it told this very thing too: the same type, key, moment and bytes. */
  has(event: JournalEvent): boolean;
  of(type: string): readonly JournalEvent[];
}

const nameOf = ({ publisher, sequence }: Pick<EventId, "publisher" | "sequence">) =>
  `${publisher}/${sequence}`;
const thingOf = ({ type, key, atGs, payload }: JournalEvent) =>
  `${type}\n${key}\n${atGs}\n${Buffer.from(payload).toString("base64")}`;

/** @param fromGs, untilGs game seconds, both included */
export async function toldIn(edge: Edge, world: string, fromGs: number, untilGs: number): Promise<Told> {
  const journal = edge.client(JournalService);
  const filter = { types: TYPES, fromGs, toGs: untilGs + 1 };
  const events: JournalEvent[] = [];
  for (let pageToken = ""; ; ) {
    const asked = { worldId: world, filter, order: Order.ARRIVAL, pageSize: PAGE, pageToken };
    const page = await journal.query(asked);
    events.push(...page.events);
    pageToken = page.nextPageToken;
    if (pageToken === "") return toldOf(world, events);
  }
}

export function toldOf(world: string, events: readonly JournalEvent[]): Told {
  const byId = new Map(events.flatMap((event) => (event.id ? [[nameOf(event.id), event] as const] : [])));
  const things = new Set(events.map(thingOf));
  const byType = Map.groupBy(events, ({ type }) => type);
  return {
    world,
    events,
    at: (id) => (id === undefined ? undefined : byId.get(nameOf(id))),
    has: (event) => things.has(thingOf(event)),
    of: (type) => byType.get(type) ?? [],
  };
}

/**
 * Where what led to an event is first something that the other world did not tell: the farthest back of its causes that
 * only its own world has. The event itself, if nothing before it is.
 */
export function firstApart(event: JournalEvent, own: Told, other: Told): JournalEvent {
  let first = event;
  for (let at = own.at(event.cause); at !== undefined; at = own.at(at.cause)) if (!other.has(at)) first = at;
  return first;
}
