import {
  type Activity,
  type Distortion,
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
  /** What is done at once, by what makes people do it; what is missing the pack does not have. */
  readonly reflexes: ReadonlyMap<Reflex, Activity>;
  /** How what is told of a predicate may change. */
  distortions(predicate: Predicate): readonly Distortion[];
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
  const lines = Map.groupBy(society.lines, ({ act, predicate }) => `${act} ${predicate}`);
  return {
    distortions: (predicate) => distortions.get(predicate) ?? [],
    lines: (act, predicate = Predicate.UNSPECIFIED) => lines.get(`${act} ${predicate}`) ?? [],
    species: byId(society.species),
    roles: byId(society.roles),
    routines: byId(society.routines),
    activities: byId(society.activities),
    serving,
    reflexes: new Map(
      society.activities
        .filter(isReflex)
        .reverse()
        .map((one) => [one.reflex, one]),
    ),
  };
}
