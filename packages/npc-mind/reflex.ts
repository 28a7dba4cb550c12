import { Reflex, type Traits } from "@orrery/schema/world/v1";

/** Either of them counts from here on; below, somebody cowers. */
const ACTS = 0.45;
const [CHILD, GROWN, OLD] = [0.2, 0.6, 0.2];
const [CHILD_UNTIL, GROWN_FROM, GROWN_UNTIL, OLD_FROM] = [10, 20, 45, 80];

/** What somebody can do against danger, 0..1, by their age in years: most from 20 to 45. */
export function strengthOf(ageYears: number): number {
  if (ageYears <= CHILD_UNTIL) return CHILD;
  if (ageYears < GROWN_FROM)
    return CHILD + ((GROWN - CHILD) * (ageYears - CHILD_UNTIL)) / (GROWN_FROM - CHILD_UNTIL);
  if (ageYears <= GROWN_UNTIL) return GROWN;
  if (ageYears >= OLD_FROM) return OLD;
  return GROWN - ((GROWN - OLD) * (ageYears - GROWN_UNTIL)) / (OLD_FROM - GROWN_UNTIL);
}

export interface Danger {
  /** Of whoever meets it and of the danger itself, 0..1. */
  readonly own: number;
  readonly strength: number;
  /** It is done to one of theirs. */
  readonly toOwn: boolean;
}

/**
 * What somebody does in danger: fight = .5 aggression + .3 of their share of both strengths + .2 loyalty if it is done to one of theirs;
 * flee = .5 neuroticism + .5 of its share. The larger counts if it is .45 at least.
 */
export function reflexOf(
  { aggression, loyalty, neuroticism }: Pick<Traits, "aggression" | "loyalty" | "neuroticism">,
  { own, strength, toOwn }: Danger,
): Reflex {
  const share = own + strength > 0 ? own / (own + strength) : 0.5;
  const fight = 0.5 * aggression + 0.3 * share + (toOwn ? 0.2 * loyalty : 0);
  const flee = 0.5 * neuroticism + 0.5 * (1 - share);
  if (Math.max(fight, flee) < ACTS) return Reflex.COWER;
  return fight >= flee ? Reflex.FIGHT : Reflex.FLEE;
}

/** What danger takes of the feeling of safety. @param felt 0..1 */
export const frightOf = ({ neuroticism }: Pick<Traits, "neuroticism">, felt: number): number =>
  felt * (0.5 + 0.5 * neuroticism);
