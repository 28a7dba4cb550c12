import {
  type EndEventRequest,
  type EndEventResponseInit,
  type StartEventRequest,
  type StartEventResponseInit,
  WorldEventEnd,
} from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../../errors.ts";
import { PACK, type RealmContext, type RealmWorld } from "../state.ts";
import { begin } from "./begin.ts";
import { end } from "./end.ts";
import { hasRoom } from "./fits.ts";

const [SHORTEST_H, LONGEST_H] = [1, 8_760];

/** @throws WORLD_UNKNOWN_RULE, WORLD_EVENT_ORDER, WORLD_EVENTS_FULL */
export function startByOrder(
  state: RealmWorld,
  { ruleId, regionId, intensity: asked, hours }: StartEventRequest,
  ctx: RealmContext,
): StartEventResponseInit {
  const ground = state.grounds.get(PACK);
  const rule = ground?.events?.rules.find(({ id }) => id === ruleId);
  if (rule === undefined) throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_RULE, { given: ruleId });
  if (!ground?.regions.some(({ id }) => id === regionId))
    throw new OrreryError(worldStateErrors.WORLD_EVENT_ORDER, { given: `region ${regionId}` });
  if (hours !== undefined && !(hours >= SHORTEST_H && hours <= LONGEST_H))
    throw new OrreryError(worldStateErrors.WORLD_EVENT_ORDER, { given: `${hours} hours` });
  if (asked !== undefined && !(asked >= 0 && asked <= 1))
    throw new OrreryError(worldStateErrors.WORLD_EVENT_ORDER, { given: `intensity ${asked}` });
  if (!hasRoom(state, regionId))
    throw new OrreryError(worldStateErrors.WORLD_EVENTS_FULL, { given: `${state.events.size} events` });
  const { hourGs } = state.root;
  const luck = ctx.streams.stream("ordered-event", ruleId, regionId, hourGs).uniform();
  const intensity = asked ?? rule.least + (rule.most - rule.least) * luck;
  const { eventId } = begin(state, { rule, regionId, intensity, ...(hours && { hours }) }, hourGs, ctx);
  return { eventId };
}

export const endByOrder = (
  state: RealmWorld,
  { eventId }: EndEventRequest,
  ctx: RealmContext,
): EndEventResponseInit => ({
  ended: end(state, eventId, WorldEventEnd.CANCELLED, state.root.hourGs, ctx),
});
