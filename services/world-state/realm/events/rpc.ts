import {
  EndEventRequest,
  EndEventResponse,
  StartEventRequest,
  StartEventResponse,
  type WorldEvent,
  type WorldService,
} from "@orrery/schema/world/v1";
import type { Handlers } from "@orrery/service";
import { order } from "@orrery/simulation";
import { realm } from "../aggregate.ts";
import { PACK } from "../state.ts";

export const eventCalls: Pick<Handlers<typeof WorldService>, "listEvents" | "startEvent" | "endEvent"> = {
  listEvents({ worldId }, call) {
    const { events, grounds, root } = call.part(realm).state(worldId);
    const rules = call.caller.role === "player" ? [] : (grounds.get(PACK)?.events?.rules ?? []);
    return {
      atGs: root.hourGs,
      events: [...events]
        .map(([, event]) => event as WorldEvent)
        .sort((one, other) => one.fromGs - other.fromGs || (one.eventId < other.eventId ? -1 : 1)),
      rules: rules.map(({ id, name, type, lengthH }) => ({ ruleId: id, name, type, lengthH })),
    };
  },
  startEvent: (request, call) =>
    order(call, call.part(realm), StartEventRequest, StartEventResponse, request),
  endEvent: (request, call) => order(call, call.part(realm), EndEventRequest, EndEventResponse, request),
};
