import { OrreryError } from "@orrery/wire";
import { CHARACTERS } from "../collections/standard.ts";
import { stateErrors } from "../errors.ts";
import type { Ref } from "./reference.ts";

export interface Use {
  readonly objects: number;
  readonly bytes: number;
}

export interface QuotaLimits extends Use {
  readonly characters: number;
}

/** Objects of one owner, whatever the tier. */
const OBJECTS_MOST = 10_000;
const MB = 1_000_000;

/** By player tier, from the table of tiers; others than players have the largest. */
const TIERS = {
  free: { objects: OBJECTS_MOST, bytes: 100 * MB, characters: 1 },
  premium: { objects: OBJECTS_MOST, bytes: 1_000 * MB, characters: 3 },
  patron: { objects: OBJECTS_MOST, bytes: 10_000 * MB, characters: 10 },
} as const satisfies Record<string, QuotaLimits>;

export type Tier = keyof typeof TIERS;
export const TIER_NAMES = Object.keys(TIERS) as [Tier, ...Tier[]];

export function limitsOf(owner: string, playerTier: Tier): QuotaLimits {
  return owner.startsWith("player:") ? TIERS[playerTier] : TIERS.patron;
}

/**
 * Refuses growth beyond a limit; what is over it already may stay and shrink.
 * @param own what the owner has in the collection and world afterwards
 * @param all what the owner has altogether afterwards
 * @throws STATE_QUOTA
 */
export function checkQuota(ref: Ref, own: Use, all: Use, growth: Use, limits: QuotaLimits): void {
  const over = (what: string, has: number, most: number): never => {
    throw new OrreryError(stateErrors.STATE_QUOTA, {
      given: `${ref.owner}: ${has} ${what}, at most ${most}`,
    });
  };
  if (growth.objects > 0) {
    const { name, maxPerOwner } = ref.collection;
    if (all.objects > limits.objects) over("objects", all.objects, limits.objects);
    if (maxPerOwner > 0 && own.objects > maxPerOwner) over(`objects in ${name}`, own.objects, maxPerOwner);
    if (name === CHARACTERS && ref.owner.startsWith("player:") && own.objects > limits.characters)
      over("characters", own.objects, limits.characters);
  }
  if (growth.bytes > 0 && all.bytes > limits.bytes) over("bytes", all.bytes, limits.bytes);
}
