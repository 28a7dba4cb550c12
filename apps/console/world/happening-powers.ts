import {
  ActionOutcome,
  type ControlShown,
  FactionAction,
  type FactionDeed,
  type FactionShown,
} from "@orrery/schema/world/v1";
import { deedInWords } from "../factions/words.ts";
import { capital } from "../data/words.ts";
import type { Weighed } from "./happening.ts";

/** What is looked at of those who want power. */
export interface AroundPowers {
  readonly factions: readonly FactionShown[];
  readonly lands: readonly ControlShown[];
  /** Now, game seconds. */
  readonly atGs: number;
  nameOf(id: string): string;
}

/** A deed is news for so long. */
const NEWS_GS = 36 * 3_600;
const WEIGHTS: ReadonlyMap<FactionAction, number> = new Map([
  [FactionAction.BETRAY, 68],
  [FactionAction.RAID, 66],
  [FactionAction.RELIEF, 56],
  [FactionAction.ALLY, 42],
  [FactionAction.EXPAND, 38],
  [FactionAction.TRUCE, 37],
  [FactionAction.SANCTION, 36],
]);
const CONTESTED = 34;

/** What factions did of late, and whose land is open. */
export function powerNews(around: AroundPowers): Weighed[] {
  return [...deeds(around), ...contests(around)];
}

function deeds({ factions, atGs, nameOf }: AroundPowers): Weighed[] {
  return factions.flatMap(({ factionId, name, last }) => {
    const weight = last === undefined ? undefined : WEIGHTS.get(last.action);
    if (last === undefined || weight === undefined || atGs - last.atGs > NEWS_GS) return [];
    const tried = last.outcome === ActionOutcome.FAILED ? "tried to" : "chose to";
    const text = `${capital(name)} ${tried} ${deedInWords(last as FactionDeed, nameOf)}`;
    return [
      { id: `deed ${factionId}`, text, weight, why: { room: "factions", faction: factionId } as const },
    ];
  });
}

function contests({ lands, nameOf }: AroundPowers): Weighed[] {
  return lands
    .filter(({ contested }) => contested)
    .map(({ regionId, shares }) => {
      const [one, other] = shares.map(
        ({ factionId, share }) =>
          `${factionId === "" ? "the free folk" : nameOf(factionId)} ${Math.round(100 * share)} %`,
      );
      const text = `Whose ${nameOf(regionId)} is lies open: ${one}, ${other}`;
      const faction = shares.find(({ factionId }) => factionId !== "")?.factionId;
      const why = { room: "factions", region: regionId, faction } as const;
      return { id: `contest ${regionId}`, text, weight: CONTESTED, why };
    });
}
