import { Scope, type StoredValue, Tier } from "@orrery/schema/settings/v1";
import type { Ground } from "../write/ground.ts";
import type { PlayerRows } from "../write/player.ts";
import { deviceScopeId } from "./place.ts";
import type { LayerPlace } from "./resolve.ts";

/** For whom and where a value is asked; empty: for nobody, nowhere. */
export interface Viewer {
  readonly world: string;
  readonly player: string;
  readonly device: string;
  readonly session: string;
}

const TIERS = new Map<number, string>(
  Object.entries(Tier).map(([name, of]) => [of as number, name.toLowerCase()]),
);
export const tierWord = (tier: Tier): string => TIERS.get(tier) ?? "free";

/** The layers that a viewer has, from low to high. */
export function layersFor(ground: Ground, rows: PlayerRows | undefined, viewer: Viewer): LayerPlace[] {
  const common = (name: string): StoredValue | undefined => ground.values.get(name);
  const own = (name: string): StoredValue | undefined => rows?.values.get(name);
  const { world, player, device, session } = viewer;
  const places: LayerPlace[] = [{ scope: Scope.PLATFORM, scopeId: "", find: common }];
  if (world !== "") places.push({ scope: Scope.WORLD, scopeId: world, find: common });
  if (rows !== undefined) {
    const tier = tierWord(rows.tier?.tier?.tier ?? Tier.FREE);
    places.push(
      { scope: Scope.TIER, scopeId: tier, find: common },
      { scope: Scope.PLAYER, scopeId: player, find: own },
    );
    if (device !== "")
      places.push({ scope: Scope.DEVICE, scopeId: deviceScopeId(player, device), find: own });
    if (session !== "") places.push({ scope: Scope.SESSION, scopeId: session, find: own });
  }
  return places;
}
