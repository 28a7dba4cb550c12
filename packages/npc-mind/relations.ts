import { create } from "@bufbuild/protobuf";
import { type Relation, RelationBand, RelationSchema } from "@orrery/schema/npc/v1";

const DAY_GS = 86_400;
/** Feelings go half the way back to their baseline in so many days. */
const HALF_LIFE_DAYS = 60;
export const MOST_RELATIONS = 150;
/** What kin are to each other where nothing has happened. */
export const KIN_AFFINITY = 0.3;
/** Edges of bands, and how far beyond one has to be. */
const EDGES = [-0.7, -0.3, -0.1, 0.1, 0.35, 0.7] as const;
const BEYOND = 0.05;
const NOTICEABLE = 0.15;

const BANDS = [
  RelationBand.NEMESIS,
  RelationBand.HOSTILE,
  RelationBand.COOL,
  RelationBand.NEUTRAL,
  RelationBand.WARM,
  RelationBand.FRIEND,
  RelationBand.DEVOTED,
] as const;

type Feelings = Pick<Relation, "affinity" | "trust" | "respect" | "fear">;

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** What it comes to, -1..1. */
export const relationScore = ({ affinity, trust, respect, fear }: Feelings): number =>
  within(0.4 * affinity + 0.35 * trust + 0.25 * respect - 0.4 * fear, -1, 1);

/** The band of a score; one that was told is left only .05 beyond its edge. */
export function bandOf(score: number, told: RelationBand = RelationBand.UNSPECIFIED): RelationBand {
  const plain = BANDS[EDGES.filter((edge) => score >= edge).length] ?? RelationBand.NEUTRAL;
  if (told === RelationBand.UNSPECIFIED || told === plain) return plain;
  const upwards = plain > told;
  const edge = EDGES[upwards ? told - 1 : told - 2] ?? 0;
  return upwards ? (score >= edge + BEYOND ? plain : told) : score < edge - BEYOND ? plain : told;
}

/** Somebody's relation to somebody; made where there is none, in the place of the least familiar of too many. */
export function relationTo(relations: Relation[], toId: string, nowGs: number, affinity: number): Relation {
  const at = relations.findIndex(({ toId: known }) => known >= toId);
  const known = relations[at];
  if (known?.toId === toId) return known;
  const fresh = create(RelationSchema, { toId, affinity, atGs: nowGs });
  fresh.toldScore = relationScore(fresh);
  fresh.band = bandOf(fresh.toldScore);
  relations.splice(at < 0 ? relations.length : at, 0, fresh);
  if (relations.length > MOST_RELATIONS) {
    const others = relations.filter((relation) => relation !== fresh);
    const stranger = others.reduce((least, one) => (one.familiarity < least.familiarity ? one : least));
    relations.splice(relations.indexOf(stranger), 1);
  }
  return fresh;
}

const leftBy = ({ atGs }: Pick<Relation, "atGs">, nowGs: number) =>
  2 ** (-Math.max(0, nowGs - atGs) / (HALF_LIFE_DAYS * DAY_GS));

/** What an affinity has come to by now. @param baseline what it fades to */
export const affinityBy = (
  relation: Pick<Relation, "affinity" | "atGs">,
  nowGs: number,
  baseline: number,
): number => baseline + (relation.affinity - baseline) * leftBy(relation, nowGs);

/** Brings feelings to now: what nobody feeds fades to its baseline. */
export function settleRelation(relation: Relation, nowGs: number, affinity: number): void {
  const left = leftBy(relation, nowGs);
  relation.affinity = affinityBy(relation, nowGs, affinity);
  relation.trust *= left;
  relation.respect *= left;
  relation.fear *= left;
  relation.familiarity *= left;
  relation.atGs = Math.max(relation.atGs, nowGs);
}

/** Moves feelings, held within their ranges. */
export function moveRelation(
  relation: Relation,
  by: Partial<Feelings & Pick<Relation, "familiarity">>,
): void {
  relation.affinity = within(relation.affinity + (by.affinity ?? 0), -1, 1);
  relation.trust = within(relation.trust + (by.trust ?? 0), -1, 1);
  relation.respect = within(relation.respect + (by.respect ?? 0), -1, 1);
  relation.fear = within(relation.fear + (by.fear ?? 0), 0, 1);
  relation.familiarity = within(relation.familiarity + (by.familiarity ?? 0), 0, 1);
}

/** What is worth telling of a relation: it has crossed into another band, or moved far. Told once: it counts from here on. */
export function relationNews(relation: Relation):
  | {
      readonly bandBefore: RelationBand;
      readonly bandAfter: RelationBand;
      readonly scoreBefore: number;
      readonly scoreAfter: number;
    }
  | undefined {
  const scoreAfter = relationScore(relation);
  const bandAfter = bandOf(scoreAfter, relation.band);
  const { band: bandBefore, toldScore: scoreBefore } = relation;
  if (bandAfter === bandBefore && Math.abs(scoreAfter - scoreBefore) < NOTICEABLE) return undefined;
  relation.band = bandAfter;
  relation.toldScore = scoreAfter;
  return { bandBefore, bandAfter, scoreBefore, scoreAfter };
}
