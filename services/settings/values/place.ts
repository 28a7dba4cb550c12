import { Scope } from "@orrery/schema/settings/v1";

/** Where one value is stored. */
export interface PlaceOf {
  readonly scope: Scope;
  readonly scopeId: string;
  readonly key: string;
}

/** Unlike that of any other place. */
export function placeName(
  place: PlaceOf | { readonly scope: number; readonly scope_id: string; readonly key: string },
): string {
  const id = "scopeId" in place ? place.scopeId : place.scope_id;
  return `${place.scope}\u0000${id}\u0000${place.key}`;
}

const SCOPES = new Map<number, string>(
  Object.entries(Scope).map(([name, of]) => [of as number, name.toLowerCase()]),
);

export const scopeWord = (scope: number): string => SCOPES.get(scope) ?? "nowhere";

export const OF_PLAYERS: ReadonlySet<number> = new Set([Scope.PLAYER, Scope.DEVICE, Scope.SESSION]);

export const deviceScopeId = (player: string, device: string): string => `${player}/${device}`;
