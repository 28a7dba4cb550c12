import { WorldEventEnd, WorldEventEnded } from "@orrery/schema/world/v1";
import type { RealmContext, RealmWorld } from "../state.ts";

/** Ends an event, once. @returns whether there was one */
export function end(
  { events }: RealmWorld,
  eventId: string,
  reason: WorldEventEnd,
  atGs: number,
  ctx: Pick<RealmContext, "emit">,
): boolean {
  const event = events.get(eventId);
  if (event === undefined) return false;
  const { ruleId, name, regionId, causePublisher: publisher, causeSequence: sequence } = event;
  events.remove(eventId);
  const said = { atGs, eventId, ruleId, name, regionIds: [regionId], reason };
  // What has run its course ends because it began; all else because of what is being handled.
  const isExpired = reason === WorldEventEnd.EXPIRED && publisher !== "";
  ctx.emit(WorldEventEnded, said, isExpired ? { cause: { publisher, sequence } } : undefined);
  return true;
}
