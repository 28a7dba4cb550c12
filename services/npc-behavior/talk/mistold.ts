import { create } from "@bufbuild/protobuf";
import { MISTOLD } from "@orrery/npc-mind";
import { type Fact, FactDetail, FactSchema, Predicate } from "@orrery/schema/world/v1";
import type { Random } from "@orrery/simulation/define";
import { PACK } from "../state.ts";
import type { Turn } from "../turn/turn.ts";

type Around = Pick<Turn, "state" | "standing">;

const DETAILS = {
  [FactDetail.SUBJECT]: "subject",
  [FactDetail.OBJECT]: "object",
  [FactDetail.PLACE]: "place",
} as const;
const kindOf = (id: string) => id.slice(0, id.indexOf(":") + 1);

/** What a fact becomes on its way to somebody: now and then something else, as the pack says; undefined: it stays what it is. */
export function mistold(around: Around, fact: Fact | undefined, random: Random): Fact | undefined {
  if (fact === undefined || random.uniform() >= MISTOLD) return undefined;
  const fitting = around.standing.country.society.distortions(fact.predicate);
  let left = random.uniform() * fitting.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = fitting.find(({ weight }) => (left -= weight) < 0);
  if (chosen === undefined) return undefined;
  if (chosen.becomes !== Predicate.UNSPECIFIED)
    return create(FactSchema, { ...fact, predicate: chosen.becomes });
  const detail = DETAILS[chosen.detail as keyof typeof DETAILS];
  const others = othersLike(around, fact[detail]).filter(
    (id) => ![fact.subject, fact.object, fact.place].includes(id),
  );
  return others.length === 0 ? undefined : create(FactSchema, { ...fact, [detail]: random.pick(others) });
}

/** What somebody might have meant instead: neighbours of a person, places of the same region, else anything of the kind. In the order of ids. */
function othersLike({ state, standing }: Around, id: string): readonly string[] {
  const kind = kindOf(id);
  const { land, names = {} } = state.surroundings.get(PACK) ?? {};
  if (kind === "npc:") {
    const regionId = state.minds.get(id)?.regionId;
    return [...state.minds].filter(([, mind]) => mind.regionId === regionId).map(([other]) => other);
  }
  if (kind === "place:") {
    const regionId = standing.country.atlas.place(id)?.regionId;
    return (land?.places ?? []).filter((place) => place.regionId === regionId).map((place) => place.id);
  }
  return kind === ""
    ? []
    : Object.keys(names)
        .filter((other) => other.startsWith(kind))
        .sort();
}
