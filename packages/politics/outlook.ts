import type { FactionRelation, FactionStanding } from "@orrery/schema/world/v1";
import { type Affairs, landsOf } from "./affairs.ts";
import type { Party, Powers } from "./powers.ts";

const BORDERS_AT_MOST = 4;

/** The world as one faction sees it. */
export interface Outlook {
  readonly powers: Powers;
  readonly affairs: Affairs;
  readonly self: number;
  readonly party: Party;
  readonly standing: FactionStanding;
  /** Numbers of territories. */
  readonly lands: readonly number[];
  readonly others: readonly number[];
  relation(other: number): FactionRelation;
  grudge(other: number): number;
  /** How much of a border it shares with another, 0..1. */
  border(other: number): number;
  /** How much the strongest of those that it fears could do to it, 0..1. @param but not of this one */
  threat(but?: number): number;
}

/** What is one's own of what both have, 0..1. */
export const ratio = (own: number, other: number): number => (own + other === 0 ? 0.5 : own / (own + other));

export function outlookOf(powers: Powers, affairs: Affairs, self: number): Outlook {
  const party = powers.parties[self] as Party;
  const standing = affairs.standings[self] as FactionStanding;
  const lands = landsOf(affairs, party.id);
  const others = powers.parties.flatMap((_, other) => (other === self ? [] : [other]));
  const relation = (other: number) => affairs.relations[powers.pairNo(self, other)] as FactionRelation;
  const idOf = (other: number) => powers.parties[other]?.id ?? "";
  return {
    ...{ powers, affairs, self, party, standing, lands, others, relation },
    grudge: (other) => standing.grudges[idOf(other)]?.weight ?? 0,
    border(other) {
      const beside = lands.flatMap((land) => powers.territories[land]?.next ?? []);
      const theirs = beside.filter((at) => affairs.controls[at]?.holderId === idOf(other));
      return Math.min(1, theirs.length / BORDERS_AT_MOST);
    },
    threat: (but) =>
      Math.max(
        0,
        ...others
          .filter((other) => other !== but && relation(other).value < 0)
          .map((other) => ratio(affairs.standings[other]?.power ?? 0, standing.power)),
      ),
  };
}
