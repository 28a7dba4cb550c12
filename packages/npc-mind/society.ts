import {
  type Activity,
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
  /** Lines for an act, of gossip for what it tells. */
  lines(act: SpeechAct, predicate?: Predicate): readonly Line[];
}

const byId = <T extends { readonly id: string }>(things: readonly T[]): ReadonlyMap<string, T> =>
  new Map(things.map((thing) => [thing.id, thing]));

export function createSociety(
  society: Pick<Society, "species" | "roles" | "routines" | "activities" | "lines">,
): SocietyIndex {
  const serving = new Map<Need, Activity[]>();
  for (const activity of society.activities)
    for (const need of activity.serves) serving.set(need, [...(serving.get(need) ?? []), activity]);
  const lines = Map.groupBy(society.lines, ({ act, predicate }) => `${act} ${predicate}`);
  return {
    lines: (act, predicate = Predicate.UNSPECIFIED) => lines.get(`${act} ${predicate}`) ?? [],
    species: byId(society.species),
    roles: byId(society.roles),
    routines: byId(society.routines),
    activities: byId(society.activities),
    serving,
    shelter: society.activities.find(({ reflex }) => reflex === Reflex.WEATHER),
  };
}
