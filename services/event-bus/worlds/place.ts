import { create } from "@bufbuild/protobuf";
import { EventFilterSchema, type ForkRequest } from "@orrery/schema/bus/v1";
import { ClockAdjusted } from "@orrery/schema/time/v1";
import { type Kit, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import type { Forks } from "../journal/forks.ts";
import type { Reader } from "../journal/read.ts";
import { begunAt, stretchOf } from "./begun.ts";
import { isPlayedOnly } from "./played.ts";
import { cleanPlaces } from "./clean-cut.ts";

/** Where a fork begins. */
export interface Place {
  /** Last ordinal that it shares with its parent. */
  readonly position: number;
  /** What its clock shows. */
  readonly atGs: number;
}

export interface Ground {
  readonly kit: Pick<Kit, "clock" | "hostMs" | "peers">;
  readonly reader: Reader;
  readonly forks: Forks;
  readonly newest: (world: string) => number;
}

/** A commit at the end of the journal may be half there: so long its rest is waited for. */
const SETTLE_MS = 2_000;
const LOOK_MS = 50;
/** With this many events behind a place nothing of it is still on its way. */
const SOON = 500;

/**
 * The place that is asked for, or no fork: it must hold a state of every service and cut no commit in two.
 * @throws BUS_FORK_PLACE, BUS_UNKNOWN_EVENT with the nearest places that can be had, RPC_FIELD_INVALID
 */
export async function placeOf(
  ground: Ground,
  request: Pick<ForkRequest, "worldId" | "place">,
): Promise<Place> {
  const { kit } = ground;
  for (const untilMs = kit.clock.now() + SETTLE_MS; ; await kit.clock.sleep(LOOK_MS)) {
    const found = await look(ground, request);
    if ("position" in found) return found;
    if (!found.mayCome || kit.clock.now() >= untilMs)
      throw new OrreryError(journalErrors.BUS_FORK_PLACE, { given: found.given });
  }
}

interface Refused {
  readonly given: string;
  /** What is missing may be on its way. */
  readonly mayCome: boolean;
}

async function look(
  ground: Ground,
  { worldId, place }: Pick<ForkRequest, "worldId" | "place">,
): Promise<Place | Refused> {
  const newest = ground.newest(worldId);
  if (place.case === "atGs") return atMoment(ground, worldId, place.value, newest);
  if (place.case === "position") {
    const { value } = place;
    if (!Number.isInteger(value))
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
        given: `position ${value}: an ordinal is an integer`,
      });
    const within = Math.min(Math.max(value, 1), newest);
    const near = await nearest(ground, worldId, within, newest);
    if (near.before === value) return near.place(value);
    if (value >= 1 && value <= newest) return near.refused(`position ${value} of ${worldId}`);
    const { given } = await near.refused(
      `position ${value} of ${worldId}, which reaches from 1 to ${newest}`,
    );
    throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, { given });
  }
  const near = await nearest(ground, worldId, newest, newest);
  return near.before === undefined ? near.refused(`${worldId} now`) : near.place(near.before);
}

/** Everything said up to the moment is there, and nothing later. */
async function atMoment(
  ground: Ground,
  world: string,
  atGs: number,
  newest: number,
): Promise<Place | Refused> {
  const { reader } = ground;
  if (!Number.isInteger(atGs))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `at_gs ${atGs}: game seconds are integers`,
    });
  const after = await reader.firstAfterGs(world, atGs);
  const position = after === undefined ? newest : after.ordinal - 1;
  const near = await nearest(ground, world, position, newest);
  const shownGs = after === undefined ? await shown(ground, world, newest) : atGs;
  if (position >= 1 && near.before !== undefined && atGs <= shownGs) {
    const toldGs = await reachedGs(reader, world, position);
    // What a jump told in one go is played again by the fork's own clock, up to the second.
    const lacks = (await reachedGs(reader, world, near.before)) !== toldGs;
    if (!lacks || (await isPlayedOnly(reader, world, near.before, near.behind)))
      return { position: near.before, atGs };
  }
  const told = after === undefined ? ` (its clock shows ${shownGs})` : "";
  return near.refused(`game second ${atGs} of ${world}${told}`);
}

async function nearest(ground: Ground, world: string, position: number, newest: number) {
  const { reader, forks, kit } = ground;
  const writers = kit
    .peers()
    .flatMap(({ id: service, aggregates }) => aggregates.map((aggregate) => ({ service, aggregate })));
  const stretch = stretchOf(forks, world, position);
  const begun = await begunAt(reader, stretch, writers);
  const here = await cleanPlaces(reader, world, Math.max(1, position), newest);
  const isIn = (place: number | undefined) => place !== undefined && place >= begun && place <= stretch.to;
  // A fork of a fork that has not begun there begins where that one did.
  const seam = stretch.from > 0 ? stretch.from : undefined;
  const before = isIn(here.before) ? here.before : seam;
  const later = begun <= position ? here.behind : await behindOf(reader, world, begun, newest);
  const behind = isIn(later) ? later : undefined;

  async function said(place: number): Promise<string> {
    return `position ${place} (game second ${await reachedGs(reader, world, place)})`;
  }

  return {
    before,
    behind,
    place: async (at: number): Promise<Place> => ({ position: at, atGs: await reachedGs(reader, world, at) }),
    async refused(what: string): Promise<Refused> {
      const places = [...new Set([before, behind].filter((place) => place !== undefined))];
      const named = await Promise.all(places.map(said));
      const nearest = named.length === 0 ? "no place can be had yet" : `nearest: ${named.join(", ")}`;
      return { given: `${what}; ${nearest}`, mayCome: behind === undefined && newest - position < SOON };
    },
  };
}

async function behindOf(
  reader: Reader,
  world: string,
  begun: number,
  newest: number,
): Promise<number | undefined> {
  return begun <= newest ? (await cleanPlaces(reader, world, begun, newest)).behind : undefined;
}

/** What the clock shows now, by its last adjustment; without one, what was said last. */
async function shown({ reader, kit }: Ground, world: string, newest: number): Promise<number> {
  const toldGs = await reachedGs(reader, world, newest);
  const filter = create(EventFilterSchema, { types: [ClockAdjusted.typeName] });
  const asked = { world, filter, after: newest + 1, newest, newestFirst: true, limit: 1 };
  const [last] = (await reader.page(asked)).events;
  if (last === undefined) return toldGs;
  const { paused, anchorMs, anchorGs, carryS, rate } = ClockAdjusted.decode(last.payload as Uint8Array);
  if (paused) return Math.max(toldGs, anchorGs);
  return Math.max(
    toldGs,
    Math.floor(anchorGs + carryS + (Math.max(0, kit.hostMs() - anchorMs) * rate) / 1000),
  );
}

const CLOCK = create(EventFilterSchema, { types: ["time.*"] });

/**
 * Game time of a place: the clock's, as it was told last before it, since whoever answers the clock may tell of moments
 * that it has passed; where no clock was heard, of the latest events that have one.
 */
export async function reachedGs(reader: Reader, world: string, position: number): Promise<number> {
  return (
    (await latestGs(reader, world, position, CLOCK)) ??
    (await latestGs(reader, world, position, undefined)) ??
    0
  );
}

/** Records of the kit have no game time of the world's. */
async function latestGs(
  reader: Reader,
  world: string,
  position: number,
  filter: typeof CLOCK | undefined,
): Promise<number | undefined> {
  for (let at: number | undefined = position + 1; at !== undefined; ) {
    const asked = { world, filter, after: at, newest: position, newestFirst: true, limit: 200 };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    const times = page.events
      .filter(({ type = "" }) => !type.startsWith("bus."))
      .flatMap(({ atGs }) => atGs ?? []);
    if (times.length > 0) return Math.max(...times);
    at = page.at;
  }
  return undefined;
}
