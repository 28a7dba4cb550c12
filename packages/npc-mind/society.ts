import {
  type Activity,
  type Distortion,
  ActivityWhere,
  type Line,
  type Need,
  Predicate,
  Reflex,
  type Role,
  type Routine,
  type Society,
  type Species,
  type SpeechAct,
} from "@orrery/schema/world/v1";
import { activitiesTo } from "./plan/ways.ts";

/** A pack's people by what is asked of them. */
export interface SocietyIndex {
  readonly species: ReadonlyMap<string, Species>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly routines: ReadonlyMap<string, Routine>;
  readonly activities: ReadonlyMap<string, Activity>;
  /** What somebody thinks of whose need is not met. */
  readonly serving: ReadonlyMap<Need, readonly Activity[]>;
  /** What is done at once, by what makes people do it; what is missing the pack does not have. */
  readonly reflexes: ReadonlyMap<Reflex, Activity>;
  /** What brings a fact about, and what brings what that takes. */
  leadingTo(fact: string): readonly Activity[];
  /** How what is told of a predicate may change. */
  distortions(predicate: Predicate): readonly Distortion[];
  /** What the newborn are; undefined: the pack has nothing of the kind. */
  readonly childhood: Role | undefined;
  /** Roles that people grow into: whoever has one is still free to take up another. */
  readonly learners: ReadonlySet<string>;
  /** Whether a role's days have work in them that is done at a place of its own. */
  works(roleId: string): boolean;
  /** Lines for an act, of gossip for what it tells. */
  lines(act: SpeechAct, predicate?: Predicate): readonly Line[];
}

const isReflex = ({ reflex }: Activity) => reflex !== Reflex.UNSPECIFIED;
const byId = <T extends { readonly id: string }>(things: readonly T[]): ReadonlyMap<string, T> =>
  new Map(things.map((thing) => [thing.id, thing]));

export function createSociety(
  society: Pick<Society, "species" | "roles" | "routines" | "activities" | "lines" | "distortions">,
): SocietyIndex {
  const serving = new Map<Need, Activity[]>();
  for (const activity of society.activities)
    for (const need of activity.serves) serving.set(need, [...(serving.get(need) ?? []), activity]);
  const distortions = Map.groupBy(society.distortions, ({ predicate }) => predicate);
  const [roles, routines, activities] = [
    byId(society.roles),
    byId(society.routines),
    byId(society.activities),
  ];
  const working = new Set(
    society.roles
      .filter(({ routineId }) =>
        routines
          .get(routineId)
          ?.days.some(({ slots }) =>
            slots.some(({ activityId }) => activities.get(activityId)?.where === ActivityWhere.WORK),
          ),
      )
      .map(({ id }) => id),
  );
  const passing = society.roles.filter(({ untilAge }) => untilAge > 0);
  const doable = society.activities.filter((one) => !isReflex(one) && !one.asleep);
  const leading = new Map<string, readonly Activity[]>();
  const lines = Map.groupBy(society.lines, ({ act, predicate }) => `${act} ${predicate}`);
  return {
    leadingTo(fact) {
      const known = leading.get(fact) ?? activitiesTo(fact, doable);
      leading.set(fact, known);
      return known;
    },
    distortions: (predicate) => distortions.get(predicate) ?? [],
    lines: (act, predicate = Predicate.UNSPECIFIED) => lines.get(`${act} ${predicate}`) ?? [],
    species: byId(society.species),
    childhood: passing[0],
    learners: new Set(passing.flatMap(({ thenIds }) => thenIds)),
    works: (roleId) => working.has(roleId),
    roles,
    routines,
    activities,
    serving,
    reflexes: new Map(
      society.activities
        .filter(isReflex)
        .reverse()
        .map((one) => [one.reflex, one]),
    ),
  };
}
