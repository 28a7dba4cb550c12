import { type FactionAction, type FactionRelation, Treaty } from "@orrery/schema/world/v1";
import type { Affairs } from "./affairs.ts";
import type { Powers } from "./powers.ts";
import { stanceOf } from "./stance.ts";

const HALF_LIFE_DAYS = 20;
const GRUDGE_HALF_LIFE_DAYS = 30;
const GRUDGE_FORGOTTEN = 0.01;
/** What moved by so much since it was told is told. */
export const TOLD = 0.1;
/** Treaties end under these. */
const [ALLIANCE_ENDS, PACT_ENDS] = [0.2, -0.1];

export const pairIdsOf = ({ parties, pairs }: Powers, pair: number): readonly [a: string, b: string] => [
  parties[pairs[pair]?.a ?? -1]?.id ?? "",
  parties[pairs[pair]?.b ?? -1]?.id ?? "",
];

/** What two think of each other moves by an action. */
export function move(relation: FactionRelation, by: number, why: FactionAction): void {
  relation.value = Math.min(1, Math.max(-1, relation.value + by));
  relation.why = why;
}

/** A day passes: relations come back to what the two believe in, grudges are forgotten. */
export function drift({ pairs }: Powers, { relations, standings }: Affairs): void {
  relations.forEach((relation, pair) => {
    const rest = pairs[pair]?.rest ?? 0;
    relation.value = rest + (relation.value - rest) * 0.5 ** (1 / HALF_LIFE_DAYS);
  });
  for (const { grudges } of standings)
    for (const [id, grudge] of Object.entries(grudges)) {
      grudge.weight *= 0.5 ** (1 / GRUDGE_HALF_LIFE_DAYS);
      if (grudge.weight < GRUDGE_FORGOTTEN) delete grudges[id];
    }
}

export interface RelationNews {
  readonly pair: number;
  readonly prev: number;
  readonly prevStance: FactionRelation["stance"];
}

/** Which relations are worth telling. What is told now is not told again before it has moved on. */
export function watchRelations({ relations }: Affairs, atGs: number): readonly RelationNews[] {
  const news: RelationNews[] = [];
  relations.forEach((relation, pair) => {
    const { value, told: prev, stance: prevStance, treaty } = relation;
    const isOver =
      (treaty === Treaty.ALLIANCE && value < ALLIANCE_ENDS) || (treaty === Treaty.PACT && value < PACT_ENDS);
    if (isOver) relation.treaty = Treaty.UNSPECIFIED;
    relation.stance = stanceOf(relation, atGs);
    if (relation.stance === prevStance && Math.abs(value - prev) < TOLD) return;
    relation.told = value;
    news.push({ pair, prev, prevStance });
  });
  return news;
}
