import { type ResolveRequest, type ResolveResponse, Visibility } from "@orrery/schema/settings/v1";
import { type Call, type Caller, serviceErrors } from "@orrery/service";
import { type InitOf, OrreryError } from "@orrery/wire";
import { definitions } from "../definitions/part.ts";
import { maySeeValue, type Registry } from "../definitions/registry.ts";
import { layersFor, type Viewer } from "../values/layers.ts";
import { resolve as resolveOne, type ResolvedOne } from "../values/resolve.ts";
import type { Ground } from "../write/ground.ts";
import { keeper } from "../write/keeper.ts";
import type { PlayerRows } from "../write/player.ts";
import { playerOf } from "./submit.ts";

const KEYS_MOST = 500;

export async function resolve(request: ResolveRequest, call: Call): Promise<InitOf<typeof ResolveResponse>> {
  const { worldId: world, deviceId: device, sessionId: session, keys, explain } = request;
  if (keys.length > KEYS_MOST)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `${keys.length} keys, at most ${KEYS_MOST}`,
    });
  const player = playerOf(call, request.playerId);
  const kept = call.part(keeper);
  const rows = player === "" ? undefined : await kept.player(player);
  const viewer = { world, player, device, session };
  return {
    values: resolvedFor(call.part(definitions), kept.ground, rows, viewer, call.caller, { keys, explain }),
    seq: kept.ground.seq,
    staleSinceMs: kept.awaySinceMs ?? 0,
  };
}

/** What a caller may see of what holds for a viewer. @throws SETTINGS_UNKNOWN_KEY */
export function resolvedFor(
  registry: Registry,
  ground: Ground,
  rows: PlayerRows | undefined,
  viewer: Viewer,
  caller: Caller,
  { keys, explain }: { readonly keys: readonly string[]; readonly explain: boolean },
): ResolvedOne[] {
  const asked = keys.length === 0 ? registry.visible(caller) : keys.map((key) => registry.get(key, caller));
  const places = layersFor(ground, rows, viewer);
  return asked.map((definition) => {
    const found = resolveOne(definition, places, explain);
    if (definition.visibility !== Visibility.SECRET || maySeeValue(caller, definition)) return found;
    return withoutValues(found);
  });
}

/** That it is set, where and since which revision, but not to what. */
function withoutValues({ key, scope, revision, layers, restart }: ResolvedOne): ResolvedOne {
  return {
    key,
    scope,
    revision,
    restart,
    layers: layers.map(({ value: _, ...layer }) => layer),
  };
}
