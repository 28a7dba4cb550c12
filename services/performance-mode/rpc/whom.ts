import { type Call, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { performanceErrors } from "../errors.ts";
import type { Session } from "../session/session.ts";
import { keeper } from "../write/keeper.ts";

const ID_MOST = 128;

/** A player's own request may leave the player out. @throws RPC_FIELD_INVALID */
export function playerOf({ caller }: Call, asked: string): string {
  const player = asked === "" && caller.role === "player" ? caller.id : asked;
  if (player === "" || player.length > ID_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `player_id has 1 to ${ID_MOST} characters`,
    });
  return player;
}

/** An open session that the caller may look at. @throws PERF_SESSION_UNKNOWN */
export function sessionOf(call: Call, id: string): Session {
  const session = call.part(keeper).open.get(id);
  const isOthers = call.caller.role === "player" && session?.player !== call.caller.id;
  if (session === undefined || isOthers)
    throw new OrreryError(performanceErrors.PERF_SESSION_UNKNOWN, { given: id.slice(0, ID_MOST) });
  return session;
}

/** The session that is asked about: the one named, or a player's newest. @throws PERF_SESSION_UNKNOWN */
export function sessionAsked(
  call: Call,
  asked: { readonly sessionId: string; readonly playerId: string },
): Session {
  if (asked.sessionId !== "") return sessionOf(call, asked.sessionId);
  const player = playerOf(call, asked.playerId);
  const newest = call.part(keeper).open.of(player).at(-1);
  if (newest === undefined)
    throw new OrreryError(performanceErrors.PERF_SESSION_UNKNOWN, { given: `${player} is not connected` });
  return newest;
}
