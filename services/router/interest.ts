import { OrreryError } from "@orrery/wire";
import { matchesType } from "@orrery/service";
import type { Subscribe } from "@orrery/schema/router/v1";
import { routerErrors } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import type { Audience, SeenEvent } from "./seen-event.ts";

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

/** Whether someone who looks at this gets an event. Events for named players need no interest. */
export function concerns(interest: Interest, event: Pick<SeenEvent, "type" | "audience">): boolean {
  if (interest.types.length > 0 && !interest.types.some((type) => matchesType(type, event.type)))
    return false;
  return reaches(interest, event.audience);
}

/** Whether it looks at an audience, whatever the type. */
export function reaches(interest: Interest, audience: Audience): boolean {
  switch (audience.to) {
    case "world":
      return interest.world;
    case "region":
      return interest.allRegions || interest.regions.has(audience.region);
    case "entity":
      return interest.entities.has(audience.entity);
    case "players":
      return false;
  }
}

/** What two looks of one subscription share; undefined when that is nothing. */
export function common(one: Interest, other: Interest): Interest | undefined {
  if (one.types.join() !== other.types.join()) return undefined;
  const regions =
    one.allRegions && other.allRegions
      ? one.regions
      : one.allRegions
        ? other.regions
        : other.allRegions
          ? one.regions
          : one.regions.intersection(other.regions);
  return ifAny({
    ...other,
    regions,
    allRegions: one.allRegions && other.allRegions,
    entities: one.entities.intersection(other.entities),
    world: one.world && other.world,
  });
}

/** What a look holds that none of these parts of it does; undefined when that is nothing. */
export function without(interest: Interest, parts: readonly Interest[]): Interest | undefined {
  let { regions, allRegions, entities, world } = interest;
  for (const part of parts) {
    regions = part.allRegions ? new Set() : regions.difference(part.regions);
    allRegions &&= !part.allRegions;
    entities = entities.difference(part.entities);
    world &&= !part.world;
  }
  return ifAny({ ...interest, regions, allRegions, entities, world });
}

function ifAny(interest: Interest): Interest | undefined {
  const { regions, allRegions, entities, world } = interest;
  return allRegions || world || regions.size > 0 || entities.size > 0 ? interest : undefined;
}
