import { create } from "@bufbuild/protobuf";
import { type DiffRequest, EventFilterSchema } from "@orrery/schema/bus/v1";
import { ClockAdjusted } from "@orrery/schema/time/v1";
import { ForkedFrom, WorldCreated } from "@orrery/schema/world/v1";
import { type Call, matchesType } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { erasing } from "../erasing/part.ts";
import { show } from "../erasing/show.ts";
import type { Forks } from "../journal/forks.ts";
import { journal } from "../journal/part.ts";
import type { Found, Reader } from "../journal/read.ts";
import { firstFieldThatDiffers } from "./fields.ts";
import { reachOf } from "./reach.ts";
import { diffStates } from "./state-diff.ts";

/** What says how a world is run, not what happens in it. */
const HOW_IT_IS_RUN = ["bus.v1.*", "router.v1.*", WorldCreated.typeName, ClockAdjusted.typeName];
const PAGE = 1_000;

/**
 * Events after the common past, aligned by type, key and game time, as far as all who speak have come in both worlds.
 * @throws BUS_NO_COMMON_PAST
 */
export async function diff(request: DiffRequest, call: Call) {
  const { reader, forks, keeper } = call.part(journal);
  const { worldA, worldB } = request;
  for (const world of [worldA, worldB])
    if (keeper.newest(world) === 0)
      throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, { given: `anything of a world ${world}` });
  const past = commonPast(forks, worldA, worldB, keeper.newest(worldA));
  const ignored = [...HOW_IT_IS_RUN, ...request.ignoreTypes];
  // Two worlds seal with keys of their own: what they say is compared, not how it is sealed.
  const isIgnored = ({ type = "" }: Found) => ignored.some((pattern) => matchesType(pattern, type));
  const since = (world: string) => eventsAfter(reader, world, past.position, keeper.newest(world));
  const [allA, allB] = [await since(worldA), await since(worldB)];
  const [reachA, reachB] = [reachOf(allA), reachOf(allB)];
  /** Said by both, or by neither: what is on its way in one world is no difference. */
  const isThere = ({ service = "", atGs = 0 }: Found) => {
    const [inA, inB] = [reachA.get(service), reachB.get(service)];
    return inA === undefined && inB === undefined
      ? true
      : atGs < Math.min(inA ?? Number.NEGATIVE_INFINITY, inB ?? Number.NEGATIVE_INFINITY);
  };
  const comparable = (all: readonly Found[]) =>
    show(
      call.part(erasing).personal,
      all.filter((event) => event.atGs !== undefined && !isIgnored(event) && isThere(event)),
      "open",
    );
  const [a, b] = [await comparable(allA), await comparable(allB)];
  const untilGs = Math.min(reached(a), reached(b), request.untilGs ?? Number.POSITIVE_INFINITY);
  const compared = compare(upTo(a, untilGs), upTo(b, untilGs));
  return {
    ancestor: past.world,
    position: past.position,
    untilGs: Number.isFinite(untilGs) ? untilGs : 0,
    ...compared,
    drops: [
      ...dropsSeen(forks, worldA, upTo(a, untilGs), upTo(b, untilGs)),
      ...dropsSeen(forks, worldB, upTo(b, untilGs), upTo(a, untilGs)),
    ],
    states: await diffStates(reader, forks, call.part(erasing).personal, worldA, worldB, past.position),
  };
}

/** The youngest world, and the last place in it, that is the past of both. */
function commonPast(forks: Forks, a: string, b: string, newest: number): { world: string; position: number } {
  const others = new Map(forks.lineage(b).map(({ world, to }) => [world, to]));
  for (const { world, to } of forks.lineage(a).toReversed()) {
    const other = others.get(world);
    if (other !== undefined) return { world, position: Math.min(to, other, newest) };
  }
  throw new OrreryError(journalErrors.BUS_NO_COMMON_PAST, { given: `${a} and ${b}` });
}

async function eventsAfter(
  reader: Reader,
  world: string,
  position: number,
  newest: number,
): Promise<Found[]> {
  const events: Found[] = [];
  const filter = create(EventFilterSchema);
  for (let after: number | undefined = position; after !== undefined && after < newest; ) {
    const asked = { world, filter, after, newest, newestFirst: false, limit: PAGE };
    const page: Awaited<ReturnType<Reader["page"]>> = await reader.page(asked);
    events.push(...page.events);
    after = page.at;
  }
  return events;
}

const reached = (events: readonly Found[]) =>
  events.reduce((latest, { atGs = 0 }) => Math.max(latest, atGs), Number.NEGATIVE_INFINITY);

const upTo = (events: readonly Found[], untilGs: number) => events.filter(({ atGs = 0 }) => atGs <= untilGs);

/** By type, key, game time, and which one of those it is. */
function aligned(events: readonly Found[]): Map<string, Found> {
  const counts = new Map<string, number>();
  const places = new Map<string, Found>();
  for (const event of events) {
    const name = `${event.type}\n${event.key}\n${event.atGs}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    places.set(`${name}\n${count}`, event);
  }
  return places;
}

/** Whether what a fork was to do without is something that the other world says and it does not. */
function dropsSeen(forks: Forks, worldId: string, own: readonly Found[], others: readonly Found[]) {
  const row = forks.get(worldId);
  if (row === undefined) return [];
  const said = aligned(own);
  const there = [...aligned(others)];
  return ForkedFrom.decode(row.said).drop.map((drop) => {
    const fits = ({ type, key, atGs = 0 }: Found) =>
      type === drop.type && (drop.key === "" || drop.key === key) && atGs >= (drop.fromGs ?? row.at_gs);
    const leftOut = there.some(([name, event]) => fits(event) && !said.has(name));
    return { worldId, drop, leftOut };
  });
}

interface Count {
  type: string;
  onlyA: number;
  onlyB: number;
  differs: number;
  same: number;
}

function compare(a: readonly Found[], b: readonly Found[]) {
  const [inA, inB] = [aligned(a), aligned(b)];
  const counts = new Map<string, Count>();
  const parted: { a: Found | undefined; b: Found | undefined }[] = [];
  const count = (type: string) => {
    const known = counts.get(type) ?? { type, onlyA: 0, onlyB: 0, differs: 0, same: 0 };
    counts.set(type, known);
    return known;
  };
  for (const [name, event] of inA) {
    const other = inB.get(name);
    const of = count(event.type ?? "");
    if (other === undefined) of.onlyA += 1;
    else if (sameBytes(event.payload, other.payload)) of.same += 1;
    else of.differs += 1;
    if (other === undefined || !sameBytes(event.payload, other.payload)) parted.push({ a: event, b: other });
  }
  for (const [name, event] of inB) {
    if (inA.has(name)) continue;
    count(event.type ?? "").onlyB += 1;
    parted.push({ a: undefined, b: event });
  }
  const place = ({ a, b }: (typeof parted)[number]) => [
    a?.atGs ?? b?.atGs ?? 0,
    a?.ordinal ?? b?.ordinal ?? 0,
  ];
  parted.sort((x, y) => {
    const [[xGs = 0, xPlace = 0], [yGs = 0, yPlace = 0]] = [place(x), place(y)];
    return xGs - yGs || xPlace - yPlace;
  });
  const first = parted[0];
  return {
    counts: [...counts.values()].sort((x, y) => (x.type < y.type ? -1 : 1)),
    ...(first && { first: divergence(first.a, first.b) }),
  };
}

function divergence(a: Found | undefined, b: Found | undefined) {
  return {
    ...(a && { inA: a }),
    ...(b && { inB: b }),
    ...(a && b ? firstFieldThatDiffers(a.type ?? "", a.payload, b.payload) : {}),
    atGs: a?.atGs ?? b?.atGs ?? 0,
  };
}

const sameBytes = (a: Found["payload"], b: Found["payload"]) =>
  Buffer.compare(a ?? new Uint8Array(), b ?? new Uint8Array()) === 0;
