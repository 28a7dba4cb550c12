import { FactionAction } from "@orrery/schema/world/v1";

const { ALLY, TRUCE, SANCTION, PACT } = FactionAction;
const WORDS: ReadonlySet<FactionAction> = new Set([ALLY, TRUCE, SANCTION, PACT]);

/** It is done with words, which cost less than deeds. */
export const isOfWords = (action: FactionAction): boolean => WORDS.has(action);

/** A faction does nothing again within so many days. */
export const PAUSE_DAYS = 5;

const NAMES = new Map(Object.entries(FactionAction).map(([name, action]) => [action as FactionAction, name]));
export const nameOf = (action: FactionAction): string => NAMES.get(action) ?? "";
