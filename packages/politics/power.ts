import { type Affairs, landsOf } from "./affairs.ts";
import type { Powers } from "./powers.ts";

const [OF_LAND, OF_TREASURY, OF_STRENGTH, OF_RELATION] = [0.35, 0.25, 0.3, 0.1];

/** What all factions can do, 0..1: of their lands, their treasury, their strength, and of what others think of them. */
export function powersOf(powers: Powers, affairs: Affairs): readonly number[] {
  const { parties, territories } = powers;
  const all = affairs.standings.reduce((sum, { treasury }) => sum + treasury, 0);
  return parties.map(({ id }, party) => {
    const { treasury = 0, strength = 0 } = affairs.standings[party] ?? {};
    const land = landsOf(affairs, id).length / Math.max(1, territories.length);
    const share = all === 0 ? 0 : treasury / all;
    return (
      OF_LAND * Math.min(1, 2 * land) +
      OF_TREASURY * Math.min(1, 2 * share) +
      OF_STRENGTH * strength +
      OF_RELATION * friendliness(powers, affairs, party)
    );
  });
}

/** The mean of those relations that are good. */
function friendliness({ pairs }: Powers, { relations }: Affairs, party: number): number {
  const own = pairs.flatMap(({ a, b }, pair) =>
    a === party || b === party ? [relations[pair]?.value ?? 0] : [],
  );
  const good = own.filter((value) => value > 0);
  return good.length === 0 ? 0 : good.reduce((sum, value) => sum + value, 0) / own.length;
}
