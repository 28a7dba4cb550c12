import { create } from "@bufbuild/protobuf";
import { ChainEnd, EventFilterSchema, JournalService, Order, type QueryRequest } from "@orrery/schema/bus/v1";
import { type Call, pageAsked, serve, serviceErrors } from "@orrery/service";
import { type EventId, OrreryError } from "@orrery/wire";
import { journalErrors } from "./errors.ts";
import { keptUntil } from "./journal/kept-until.ts";
import { INTAKE, journal } from "./journal/part.ts";
import type { Found } from "./journal/read.ts";
import { PAGES } from "./pages.ts";
import { erasing } from "./erasing/part.ts";
import { show } from "./erasing/show.ts";
import { exportEvents } from "./export.ts";
import { publish } from "./publish.ts";
import { tail } from "./tail.ts";
import { stats } from "./stats.ts";

const DEPTH = { standard: 64, most: 256 } as const;
const EFFECTS_MOST = 10_000;

function depthOf(asked: number): number {
  if (asked > DEPTH.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `depth ${asked}, at most ${DEPTH.most}`,
    });
  return asked || DEPTH.standard;
}

/** @throws BUS_UNKNOWN_EVENT with the nearest known */
async function mustGet(call: Call, world: string, id: EventId | undefined): Promise<Found> {
  const { reader } = call.part(journal);
  const given = id ?? { publisher: "", sequence: 0 };
  const found = await reader.get(world, given);
  if (found !== undefined) return found;
  const oldest = await reader.prunedBefore(world, given);
  if (oldest !== undefined)
    throw new OrreryError(journalErrors.BUS_PRUNED, {
      given: `${given.publisher}/${given.sequence} in ${world}; the oldest position of it is ${oldest}`,
    });
  const nearest = await reader.nearest(world, given);
  throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
    given: `${given.publisher}/${given.sequence} in ${world}; nearest: ${nearest ?? "none"}`,
  });
}

const shown = async (call: Call, events: readonly Found[]) => [
  ...(await show(call.part(erasing).personal, events, "open")),
];
const shownOne = async (call: Call, event: Found) => (await shown(call, [event]))[0];

async function query(request: QueryRequest, call: Call) {
  const { reader, keeper } = call.part(journal);
  const { worldId: world, filter, order } = request;
  const asked = pageAsked(request, ["events", world, filter, order], ["number", "number"], PAGES);
  const newestNow = keeper.newest(world);
  const newestFirst = order === Order.NEWEST_FIRST;
  const [at, newest] = asked.place ?? [newestFirst ? newestNow + 1 : 0, newestNow];
  if (order === Order.GAME_TIME) {
    const skip = asked.place?.[0] ?? 0;
    const events = await reader.byGameTime(world, filter ?? create(EventFilterSchema), asked.size, skip);
    return {
      events: await shown(call, events),
      newest,
      nextPageToken: asked.next(events.length === asked.size ? [skip + asked.size, newest] : undefined),
    };
  }
  const page = await reader.page({ world, filter, after: at, newest, newestFirst, limit: asked.size });
  return {
    events: await shown(call, page.events),
    newest,
    nextPageToken: asked.next(page.at === undefined ? undefined : [page.at, newest]),
  };
}

export const journalRpc = serve(JournalService, {
  query,
  async get({ worldId, which }, call) {
    if (which.case === "ordinal") {
      const event = await call.part(journal).reader.ordinal(worldId, which.value);
      if (event === undefined)
        throw new OrreryError(journalErrors.BUS_UNKNOWN_EVENT, {
          given: `ordinal ${which.value} in ${worldId}`,
        });
      return { event: await shownOne(call, event) };
    }
    return { event: await shownOne(call, await mustGet(call, worldId, which.value)) };
  },
  stats: ({ worldId }, call) => stats(worldId, call),
  tail: (request, call) => tail(request, call),
  export: (request, call) => exportEvents(request, call),
  publish: (request, call) => publish(request, call),
  async heads({ worldId }, call) {
    // In this order: what is kept meanwhile is more than is said.
    const keptUntilMs = await keptUntil(call.kit.bus, INTAKE, call.kit.clock);
    return { keptUntilMs, heads: [...(await call.part(journal).stretches.heads(worldId))] };
  },
  async frames(request, call) {
    const { frames, here, complete, lost } = await call.part(journal).stretches.frames(request);
    return { frames: [...frames], here: [...here], complete, lost: [...lost] };
  },
  async causes({ worldId, id, depth }, call) {
    const { reader } = call.part(journal);
    const chain = [await mustGet(call, worldId, id)];
    const most = depthOf(depth);
    const path = async (end: ChainEnd) => ({ chain: await shown(call, chain), end });
    for (;;) {
      const cause = chain.at(-1)?.cause;
      if (cause === undefined) return path(ChainEnd.ROOT);
      if (chain.length >= most) return path(ChainEnd.DEPTH);
      const event = await reader.get(worldId, {
        publisher: cause.publisher ?? "",
        sequence: cause.sequence ?? 0,
      });
      if (event === undefined) return path(ChainEnd.PRUNED);
      chain.push(event);
    }
  },
  async effects({ worldId, id, depth }, call) {
    const { reader } = call.part(journal);
    const nodes = [{ event: await mustGet(call, worldId, id), parent: 0, depth: 0 }];
    const deepest = depthOf(depth);
    for (let at = 0; at < nodes.length && nodes.length < EFFECTS_MOST; at++) {
      const node = nodes[at] as (typeof nodes)[number];
      if (node.depth >= deepest) continue;
      const own = { publisher: node.event.id?.publisher ?? "", sequence: node.event.id?.sequence ?? 0 };
      for (const event of await reader.effectsOf(worldId, own, EFFECTS_MOST - nodes.length)) {
        nodes.push({ event, parent: at, depth: node.depth + 1 });
      }
    }
    const events = await shown(
      call,
      nodes.map(({ event }) => event),
    );
    for (const [at, node] of nodes.entries()) node.event = events[at] as Found;
    return { nodes, truncated: nodes.length >= EFFECTS_MOST };
  },
});
