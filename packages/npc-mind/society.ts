import {
  type Activity,
  type Need,
  Reflex,
  type Role,
  type Routine,
  type Society,
  type Species,
} from "@orrery/schema/world/v1";

/** A pack's people by what is asked of them. */
export interface SocietyIndex {
  readonly species: ReadonlyMap<string, Species>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly routines: ReadonlyMap<string, Routine>;
  readonly activities: ReadonlyMap<string, Activity>;
  /** What somebody thinks of whose need is not met. */
  readonly serving: ReadonlyMap<Need, readonly Activity[]>;
  /** What is done at once in dangerous weather; undefined: the pack has nothing of the kind. */
  readonly shelter: Activity | undefined;
}

const byId = <T extends { readonly id: string }>(things: readonly T[]): ReadonlyMap<string, T> =>
  new Map(things.map((thing) => [thing.id, thing]));

export function createSociety(
  society: Pick<Society, "species" | "roles" | "routines" | "activities">,
): SocietyIndex {
  const serving = new Map<Need, Activity[]>();
  for (const activity of society.activities)
    for (const need of activity.serves) serving.set(need, [...(serving.get(need) ?? []), activity]);
  return {
    species: byId(society.species),
    roles: byId(society.roles),
    routines: byId(society.routines),
    activities: byId(society.activities),
    serving,
    shelter: society.activities.find(({ reflex }) => reflex === Reflex.WEATHER),
  };
}
