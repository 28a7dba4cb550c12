import { create } from "@bufbuild/protobuf";
import { type Subscribe, SubscribeSchema } from "@orrery/schema/router/v1";
import { audienceOf, type WorldEvent } from "./event.ts";

/** What to look at. Events of the world as a whole come along unless `world` is false. */
export interface Looks {
  readonly regions?: readonly string[];
  readonly entities?: readonly string[];
  /** Canonical types, or globs: `weather.*`. Default all. */
  readonly types?: readonly string[];
  /** Every region; for observers with the scope `world:observe`. */
  readonly allRegions?: boolean;
  readonly world?: boolean;
}

export function subscribeFor(id: string, looks: Looks): Subscribe {
  return create(SubscribeSchema, {
    id,
    regionIds: [...(looks.regions ?? [])],
    entityIds: [...(looks.entities ?? [])],
    types: [...(looks.types ?? [])],
    allRegions: looks.allRegions ?? false,
    withoutWorld: looks.world === false,
  });
}

/**
 * Whether someone who looks at this wants an event. One socket carries all subscriptions, so that what another one
 * looks at comes too. What is for this player alone belongs to every subscription.
 */
export function wantedBy(looks: Looks): (event: WorldEvent) => boolean {
  const regions = new Set(looks.regions ?? []);
  const entities = new Set(looks.entities ?? []);
  return (event) => {
    if (
      looks.types !== undefined &&
      looks.types.length > 0 &&
      !looks.types.some((type) => matches(type, event.type))
    )
      return false;
    switch (audienceOf(event.type)) {
      case "world":
        return looks.world !== false;
      case "region":
        return looks.allRegions === true || (event.region !== undefined && regions.has(event.region));
      case "entity":
        return entities.has(event.key);
      default:
        return true;
    }
  };
}

const matches = (pattern: string, type: string) =>
  pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
