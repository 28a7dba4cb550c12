import { dayNumberOf } from "@orrery/npc-mind";
import {
  ApplyStimulusRequest,
  ApplyStimulusResponse,
  InteractRequest,
  InteractResponse,
  KillRequest,
  KillResponse,
  type Mind,
  NpcService,
} from "@orrery/schema/npc/v1";
import { ActivityWhere } from "@orrery/schema/world/v1";
import { type Call, pageAsked, serve } from "@orrery/service";
import { order } from "@orrery/simulation";
import { OrreryError } from "@orrery/wire";
import { guestIdOf } from "./players/guests.ts";
import { slotsFor } from "./turn/day.ts";
import { npcErrors } from "./errors.ts";
import { people } from "./people.ts";
import { activityOf } from "./turn/turn.ts";
import { memoriesOf, relationsOf } from "./talk/known.ts";
import { beliefsOf, rumoursOf } from "./talk/rumours.ts";
import { MOST_THREADS, threadsOf } from "./talk/threads.ts";
import { explain, viewOf } from "./view.ts";

const MOST_DAYS_AHEAD = 365;
const USUAL_THREADS = 5;
const [USUAL_RUMOURS, MOST_RUMOURS] = [5, 20];

function look(call: Call, worldId: string) {
  const worlds = call.part(people);
  return { state: worlds.state(worldId), standing: worlds.derived(worldId) };
}

/** @throws NPC_UNKNOWN, NPC_DEAD */
function mindOf({ state }: ReturnType<typeof look>, npcId: string): Mind {
  if (state.late.has(npcId)) throw new OrreryError(npcErrors.NPC_DEAD, { given: npcId });
  const mind = state.minds.get(npcId);
  if (mind === undefined) throw new OrreryError(npcErrors.NPC_UNKNOWN, { given: npcId });
  return mind as Mind;
}

export const rpc = serve(NpcService, {
  getNpc({ worldId, npcId }, call) {
    const around = look(call, worldId);
    return { atGs: around.state.root.drainedGs, npc: viewOf(around, mindOf(around, npcId)) };
  },
  listNpcs({ worldId, regionId, roleId, ...asked }, call) {
    const around = look(call, worldId);
    const page = pageAsked(asked, ["npcs", worldId, regionId, roleId], ["text"]);
    const [from] = page.place ?? [""];
    const shown: Mind[] = [];
    for (const [id, mind] of around.state.minds) {
      if (id < from) continue;
      if (regionId !== "" && mind.regionId !== regionId) continue;
      if (roleId !== "" && mind.roleId !== roleId) continue;
      shown.push(mind as Mind);
      if (shown.length > page.size) break;
    }
    const next = shown[page.size];
    return {
      atGs: around.state.root.drainedGs,
      npcs: shown.slice(0, page.size).map((mind) => viewOf(around, mind)),
      nextPageToken: page.next(next && [next.npcId]),
    };
  },
  explain({ worldId, npcId }, call) {
    const around = look(call, worldId);
    return explain(around, mindOf(around, npcId), around.state.root.drainedGs);
  },
  listMemories({ worldId, npcId }, call) {
    const around = look(call, worldId);
    const { drainedGs } = around.state.root;
    return { atGs: drainedGs, memories: memoriesOf(around, mindOf(around, npcId), drainedGs) };
  },
  listRelations({ worldId, npcId }, call) {
    const around = look(call, worldId);
    const relations = relationsOf(around, mindOf(around, npcId));
    return { atGs: around.state.root.drainedGs, relations };
  },
  explainBelief({ worldId, npcId, subject }, call) {
    const around = look(call, worldId);
    const beliefs = beliefsOf(around, mindOf(around, npcId), subject);
    return { atGs: around.state.root.drainedGs, beliefs };
  },
  listRumours({ worldId, playerId, aboutId, count }, call) {
    const around = look(call, worldId);
    // A player hears what goes around about themselves, and of nobody else.
    const about =
      call.caller.role === "player"
        ? guestIdOf(call.caller.id)
        : playerId === ""
          ? aboutId
          : guestIdOf(playerId);
    const rumours = rumoursOf(around, about, Math.min(MOST_RUMOURS, count || USUAL_RUMOURS));
    return { atGs: around.state.root.drainedGs, rumours };
  },
  listActivities({ worldId }, call) {
    const { activities } = look(call, worldId).standing.country.society;
    return { activities: [...activities.values()].map(({ id, says }) => ({ activityId: id, says })) };
  },
  listThreads({ worldId, count }, call) {
    const around = look(call, worldId);
    const { drainedGs } = around.state.root;
    return {
      atGs: drainedGs,
      threads: threadsOf(around, drainedGs, Math.min(MOST_THREADS, count || USUAL_THREADS)),
    };
  },
  applyStimulus: (request, call) =>
    order(call, call.part(people), ApplyStimulusRequest, ApplyStimulusResponse, request),
  kill: (request, call) => order(call, call.part(people), KillRequest, KillResponse, request),
  interact(request, call) {
    const playerId = request.playerId === "" ? call.caller.id : request.playerId;
    return order(call, call.part(people), InteractRequest, InteractResponse, { ...request, playerId });
  },
  previewDay({ worldId, npcId, daysAhead }, call) {
    if (daysAhead > MOST_DAYS_AHEAD)
      throw new OrreryError(npcErrors.NPC_DAYS_AHEAD, { given: `${daysAhead} days` });
    const around = look(call, worldId);
    const mind = mindOf(around, npcId);
    const dayNumber = dayNumberOf(around.state.root.drainedGs) + daysAhead;
    const onTime = () => 0;
    const places = { [ActivityWhere.HOME]: mind.homePlaceId, [ActivityWhere.WORK]: mind.workPlaceId };
    const slots = slotsFor(around, mind, dayNumber, onTime).map(({ activityId, fromGs, untilGs }) => {
      const activity = activityOf(around, activityId);
      const where = activity?.where ?? ActivityWhere.UNSPECIFIED;
      const placeId = places[where as keyof typeof places] ?? "";
      return { activityId, fromGs, untilGs, says: activity?.says ?? "", placeId };
    });
    return { slots };
  },
});
