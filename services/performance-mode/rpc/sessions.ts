import type { ListSessionsRequest, ListSessionsResponseInit } from "@orrery/schema/performance/v1";
import { type Call, pageAsked } from "@orrery/service";
import { keeper } from "../write/keeper.ts";
import { eventHzOf } from "../session/event-hz.ts";
import { standing } from "./metrics.ts";

/** Open sessions by id, each with what it shows and how it does. */
export function listSessions(
  { worldId, ...asked }: ListSessionsRequest,
  call: Call,
): ListSessionsResponseInit {
  const page = pageAsked(asked, ["sessions", worldId], ["text"]);
  const [from] = page.place ?? [""];
  const all = [...call.part(keeper).open.all()]
    .filter(({ id, world }) => id >= from && (worldId === "" || world === worldId))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const shown = all.slice(0, page.size).map((session) => {
    const { id, player, device, world, openedMs, kept } = session;
    const { resolved, summary, bound, lanes } = standing(session, call);
    const last = kept.decisions.at(-1);
    return {
      sessionId: id,
      playerId: player,
      deviceId: device,
      worldId: world,
      deviceClass: session.wants.deviceClass,
      engineVersion: session.wants.engine,
      mode: resolved.mode,
      preset: resolved.preset,
      auto: resolved.isAuto,
      targetFps: resolved.values.targetFps,
      p95Ms: summary?.p95 ?? 0,
      ...(bound && { bound: bound.lane, ratio: bound.p95Ms / bound.budgetMs }),
      exceeded: lanes.filter(({ exceeded }) => exceeded).map(({ lane }) => lane),
      ...(last && { why: last.why, whyMs: last.atMs }),
      openedMs,
      clientEventHz: eventHzOf(session.wants, session.kept.auto, resolved),
      npcFullCap: resolved.values.npcFullCap,
    };
  });
  const next = all[page.size];
  return {
    sessions: shown,
    nextPageToken: page.next(next === undefined ? undefined : [next.id]),
  };
}
