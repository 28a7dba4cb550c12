import { type Place, Scope, Sync, Tier, Visibility } from "@orrery/schema/settings/v1";
import { type Caller, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Registry } from "../definitions/registry.ts";
import { settingsErrors } from "../errors.ts";
import { tierWord } from "./layers.ts";
import { deviceScopeId, OF_PLAYERS, scopeWord } from "./place.ts";
import type { Target } from "./write-value.ts";

const ID_MOST = 128;
const TIERS = [Tier.FREE, Tier.PREMIUM, Tier.PATRON].map(tierWord);

/** @throws RPC_FIELD_INVALID */
export function checkId(what: string, id: string, least = 1): void {
  if (id.length < least || id.length > ID_MOST || !id.isWellFormed() || /[\s\p{Cc}]/u.test(id))
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${what} ${JSON.stringify(id.slice(0, ID_MOST))}: ${least}..${ID_MOST} characters without spaces`,
    });
}

/**
 * Where a caller may write what a place names.
 * @param player whose it is, of a player's own scopes
 * @throws SETTINGS_UNKNOWN_KEY, SETTINGS_WRONG_SCOPE, RPC_FIELD_INVALID
 */
export function targetOf(
  registry: Registry,
  caller: Caller,
  player: string,
  place: Pick<Place, "key" | "scope" | "scopeId"> | undefined,
): Target {
  const definition = registry.get(place?.key ?? "", caller);
  const { key } = definition;
  const scope = place?.scope || Scope.PLAYER;
  const wrong = (why: string): never => {
    const scopes = definition.scopes.map(scopeWord).join(", ");
    throw new OrreryError(settingsErrors.SETTINGS_WRONG_SCOPE, {
      given: `${key} at ${scopeWord(scope)}: ${why}; it can be set at ${scopes}`,
    });
  };
  if (!definition.scopes.includes(scope)) wrong("not one of its scopes");
  const given = place?.scopeId ?? "";
  if (OF_PLAYERS.has(scope)) {
    if (caller.role === "player" && definition.visibility !== Visibility.PLAYER)
      wrong("only an operator sets it");
    checkId("player_id", player);
    if (scope === Scope.PLAYER) {
      if (definition.sync === Sync.DEVICE) wrong("it belongs to a device");
      return { owner: player, definition, scope, scopeId: player, key };
    }
    checkId(scope === Scope.DEVICE ? "device" : "session", given);
    const scopeId = scope === Scope.DEVICE ? deviceScopeId(player, given) : given;
    return { owner: player, definition, scope, scopeId, key };
  }
  if (caller.role === "player") wrong("only an operator sets it");
  if (scope === Scope.TIER && !TIERS.includes(given)) wrong(`there is no tier ${JSON.stringify(given)}`);
  if (scope === Scope.WORLD) checkId("world", given);
  return { owner: "", definition, scope, scopeId: scope === Scope.PLATFORM ? "" : given, key };
}
