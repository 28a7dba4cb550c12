import { ReputationDeed } from "@orrery/schema/world/v1";
import type { Affairs } from "./affairs.ts";
import { kindOf } from "./esteem.ts";
import type { Powers } from "./powers.ts";

const { GIFT, SALE, HELP, BARRED, THREAT, ATTACK, KILLING, HEARD } = ReputationDeed;
const DAY_GS = 86_400;

/** What a deed adds to what is thought of whoever does it: by the faction of the one it is done to, and by who holds the land. */
interface Step {
  readonly own: number;
  readonly land: number;
}

/*
 * This project's own figures. Two killings make a faction hostile (under -.55), and so do ten days of barred roads or two weeks of
 * threats to its people; two weeks of gifts to them make up for it. Whose people they are weighs it twice as much as whose land it is,
 * but for a killing: that is everybody's affair.
 */
const STEPS: ReadonlyMap<ReputationDeed, Step> = new Map([
  [GIFT, { own: 0.04, land: 0.02 }],
  [SALE, { own: 0, land: 0.03 }],
  [HELP, { own: 0.01, land: 0.005 }],
  [BARRED, { own: 0, land: -0.06 }],
  [THREAT, { own: -0.04, land: -0.02 }],
  [ATTACK, { own: -0.12, land: -0.06 }],
  [KILLING, { own: -0.4, land: -0.3 }],
]);
/** How much of what a friend thinks one makes one's own, times the relation. Nobody is liked for what they did to an enemy. */
const TAKEN_OVER = 0.3;

/** Something that a player did. */
export interface PlayerDeed {
  readonly deed: ReputationDeed;
  /** The faction of whoever it was done to; -1: of none. */
  readonly party: number;
  /** Where it was done. */
  readonly territories: readonly number[];
  readonly atGs: number;
}

export interface Judgement {
  readonly party: number;
  readonly deed: ReputationDeed;
  readonly by: number;
}

/** When a faction last knew a player to do such a thing, game seconds; undefined: never. */
type LastKnown = (party: number, kind: string) => number | undefined;

/**
 * Who thinks otherwise of a player for a deed, and by how much. A faction that it concerns twice counts the heavier; the same kind of
 * deed counts once a game day with each, save killings: what is done over and over is no more than a habit.
 */
export function judge(
  powers: Powers,
  { controls, relations }: Pick<Affairs, "controls" | "relations">,
  { deed, party: own, territories, atGs }: PlayerDeed,
  lastKnown: LastKnown,
): readonly Judgement[] {
  const step = STEPS.get(deed);
  if (step === undefined) return [];
  const steps = new Map<number, number>();
  for (const territory of territories) {
    const holder = powers.partyNo(controls[territory]?.holderId ?? "");
    if (holder >= 0 && step.land !== 0) steps.set(holder, step.land);
  }
  if (own >= 0 && step.own !== 0) steps.set(own, step.own);
  const counts = (party: number) =>
    deed === KILLING || atGs - (lastKnown(party, kindOf(deed)) ?? -Infinity) >= DAY_GS;
  const judged = [...steps].filter(([party]) => counts(party)).map(([party, by]) => ({ party, deed, by }));
  const heard = powers.parties.flatMap((_, party) => {
    if (steps.has(party)) return [];
    const by = judged.reduce((sum, one) => {
      const relation = relations[powers.pairNo(party, one.party)]?.value ?? 0;
      return sum + TAKEN_OVER * Math.max(0, relation) * one.by;
    }, 0);
    return by === 0 ? [] : [{ party, deed: HEARD, by }];
  });
  return [...judged, ...heard];
}
