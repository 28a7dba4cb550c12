import { through } from "@orrery/npc-mind";
import {
  type ActionReasonInit,
  type ActionRule,
  FactionAction,
  FactionInput,
  type FactionTraits,
  FactionTrait,
} from "@orrery/schema/world/v1";

const { EXPAND, RAID, SANCTION, BETRAY } = FactionAction;
/** Whoever is tired of it leaves it. */
const WARLIKE: ReadonlySet<FactionAction> = new Set([EXPAND, RAID, SANCTION, BETRAY]);
const OF_WEARINESS = 0.3;
const [AT_LEAST, BY_TRAIT] = [0.6, 0.8];
const REASONS = 3;

export type Inputs = Partial<Record<FactionInput, number>>;

export interface Considered {
  readonly utility: number;
  /** What speaks for it most first. */
  readonly reasons: readonly ActionReasonInit[];
}

/** How much speaks for an action: 0 forbids it. */
export function consider(
  { action, weight, considers, leaning, shunning }: ActionRule,
  inputs: Inputs,
  traits: FactionTraits | undefined,
  weariness: number,
): Considered {
  const reasons = considers.map(({ input, curve, slope, centre }) => ({
    input,
    value: through(curve, slope, centre, inputs[input] ?? 0),
  }));
  const product = reasons.reduce((all, { value }) => all * value, 1);
  const mean = reasons.length === 0 ? 0 : product ** (1 / reasons.length);
  const lean = leaning === FactionTrait.UNSPECIFIED ? 1 : AT_LEAST + BY_TRAIT * traitOf(traits, leaning);
  const shun =
    shunning === FactionTrait.UNSPECIFIED ? 1 : AT_LEAST + BY_TRAIT * (1 - traitOf(traits, shunning));
  const tired = WARLIKE.has(action) ? OF_WEARINESS * weariness : 0;
  return {
    utility: Math.min(1, Math.max(0, weight * mean * lean * shun - (mean > 0 ? tired : 0))),
    reasons: reasons.toSorted((one, other) => other.value - one.value).slice(0, REASONS),
  };
}

function traitOf(traits: FactionTraits | undefined, trait: FactionTrait): number {
  switch (trait) {
    case FactionTrait.AMBITION:
      return traits?.ambition ?? 0.5;
    case FactionTrait.BOLDNESS:
      return traits?.boldness ?? 0.5;
    case FactionTrait.HONOUR:
      return traits?.honour ?? 0.5;
    default:
      return traits?.mercy ?? 0.5;
  }
}
