import { OrreryError } from "@orrery/wire";
import { matchesType } from "@orrery/service";
import type { Subscribe } from "@orrery/schema/router/v1";
import { routerErrors } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import type { SeenEvent } from "./seen-event.ts";

/** One thing that a session looks at. */
export interface Interest {
  readonly id: string;
  readonly regions: ReadonlySet<string>;
  readonly allRegions: boolean;
  readonly entities: ReadonlySet<string>;
  readonly types: readonly string[];
  readonly world: boolean;
}

const ID_LENGTH = 64;
export const OBSERVE_SCOPE = "world:observe";

/** @throws ROUTER_SUBSCRIPTION, ROUTER_SCOPE */
export function interestOf(asked: Subscribe, scopes: readonly string[]): Interest {
  const over = (what: string) => new OrreryError(routerErrors.ROUTER_SUBSCRIPTION, { given: what });
  if (asked.id.length < 1 || asked.id.length > ID_LENGTH)
    throw over(`an id of ${asked.id.length} characters, 1..${ID_LENGTH}`);
  if (asked.regionIds.length > LIMITS.regions)
    throw over(`${asked.regionIds.length} regions, at most ${LIMITS.regions}`);
  if (asked.entityIds.length > LIMITS.entities)
    throw over(`${asked.entityIds.length} entities, at most ${LIMITS.entities}`);
  if (asked.allRegions && !scopes.includes(OBSERVE_SCOPE)) {
    throw new OrreryError(routerErrors.ROUTER_SCOPE, { given: OBSERVE_SCOPE });
  }
  return {
    id: asked.id,
    regions: new Set(asked.regionIds),
    allRegions: asked.allRegions,
    entities: new Set(asked.entityIds),
    types: asked.types,
    world: !asked.withoutWorld,
  };
}

/** Whether a session with this interest gets an event; its own events reach a player without any. */
export function concerns(interest: Interest, player: string, event: SeenEvent): boolean {
  if (interest.types.length > 0 && !interest.types.some((type) => matchesType(type, event.type)))
    return false;
  const { audience } = event;
  switch (audience.to) {
    case "world":
      return interest.world;
    case "region":
      return interest.allRegions || interest.regions.has(audience.region);
    case "entity":
      return interest.entities.has(audience.entity);
    case "players":
      return audience.players.includes(player);
  }
}
