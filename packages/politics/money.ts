import { type Affairs, landsOf, type Till } from "./affairs.ts";
import type { Powers } from "./powers.ts";

/** Of what people of its lands have a holder takes so much a day, */
const LEVY = 0.0025;
/** a quarter less of it while others shut their markets to it, */
const SANCTIONED = 0.25;
/** and gives so much of its treasury back for watchmen, roofs and feasts. */
const UPKEEP = 0.005;

/** Holders levy, and spend. Nothing of it is lost. */
export function collect(powers: Powers, affairs: Affairs, atGs: number): void {
  powers.parties.forEach(({ id, seat }, party) => {
    const standing = affairs.standings[party];
    if (standing === undefined) return;
    const lands = landsOf(affairs, id);
    const isShut = powers.pairs.some(
      ({ a, b }, pair) =>
        (a === party || b === party) && (affairs.relations[pair]?.sanctionedUntilGs ?? 0) > atGs,
    );
    for (const land of lands) {
      const till = affairs.tills[land] as Till;
      const levy = Math.floor(till.money * LEVY * (isShut ? 1 - SANCTIONED : 1));
      till.money -= levy;
      standing.treasury += levy;
    }
    const spent = lands.length === 0 ? [seat] : lands;
    const each = Math.floor((standing.treasury * UPKEEP) / spent.length);
    for (const land of spent) {
      standing.treasury -= each;
      (affairs.tills[land] as Till).money += each;
    }
  });
}
