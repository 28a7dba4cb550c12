import { type Caller, callerName } from "@orrery/service";

/** As changes name who made them: players by their id. */
export function actorOf(caller: Caller): string {
  return caller.role === "player" ? caller.id : callerName(caller);
}
