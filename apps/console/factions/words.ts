import { FactionAction, type FactionDeed, FactionInput, Stance, Treaty } from "@orrery/schema/world/v1";
import { word } from "../data/words.ts";

type What = Pick<FactionDeed, "action" | "targetId" | "regionId">;

const DEEDS: Readonly<Record<FactionAction, (target: string, region: string) => string>> = {
  [FactionAction.UNSPECIFIED]: () => "do something",
  [FactionAction.EXPAND]: (_, region) => `reach for ${region}`,
  [FactionAction.FORTIFY]: (_, region) => `tighten its hold on ${region}`,
  [FactionAction.RAID]: (target) => `raid ${target}`,
  [FactionAction.ALLY]: (target) => `ally with ${target}`,
  [FactionAction.TRUCE]: (target) => `make peace with ${target}`,
  [FactionAction.RECRUIT]: () => "muster people",
  [FactionAction.RELIEF]: (_, region) => `give to the people of ${region}`,
  [FactionAction.SANCTION]: (target) => `shut its markets to ${target}`,
  [FactionAction.PACT]: (target) => `agree on trade with ${target}`,
  [FactionAction.BETRAY]: (target) => `betray ${target}`,
};

/** `reach for Wolfscar`. */
export const deedInWords = ({ action, targetId, regionId }: What, nameOf: (id: string) => string): string =>
  DEEDS[action]?.(nameOf(targetId), nameOf(regionId)) ?? "do something";

const REASONS: Readonly<Record<FactionInput, string>> = {
  [FactionInput.UNSPECIFIED]: "",
  [FactionInput.POWER]: "what it can do beside the other",
  [FactionInput.BORDER]: "how near it is",
  [FactionInput.GRUDGE]: "what was done to it",
  [FactionInput.NEED]: "how much it is needed",
  [FactionInput.TREASURY]: "how easily it pays",
  [FactionInput.RELATION]: "what it thinks of the other",
  [FactionInput.STRENGTH]: "its strength beside the other's",
};
export const reasonInWords = (input: FactionInput): string => REASONS[input] ?? "something else";

/** `friendly, by a pact`. */
export function relationInWords(stance: Stance, treaty: Treaty): string {
  const bound = treaty === Treaty.UNSPECIFIED ? "" : treaty === Treaty.PACT ? ", by a pact" : ", by a treaty";
  return `${stance === Stance.WAR ? "at war" : word(Stance, stance)}${bound}`;
}
