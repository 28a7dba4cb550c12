import { type FactionRelation, Stance, Treaty } from "@orrery/schema/world/v1";

/** Values from which on a stance holds. */
const [ALLIED, FRIENDLY, NEUTRAL, TENSE] = [0.6, 0.3, -0.2, -0.5];
/** A stance ends so far beyond the value at which it began. */
const HYSTERESIS = 0.05;
const WAR_DAYS = 20;
const DAY_GS = 86_400;

function bandAt(value: number): Stance {
  if (value >= FRIENDLY) return Stance.FRIENDLY;
  if (value >= NEUTRAL) return Stance.NEUTRAL;
  return value >= TENSE ? Stance.TENSE : Stance.HOSTILE;
}

/** Friends may be allied, and enemies at war: the band of a stance is what its value alone makes of it. */
function bandOf(stance: Stance): Stance {
  if (stance === Stance.ALLIED) return Stance.FRIENDLY;
  return stance === Stance.WAR ? Stance.HOSTILE : stance;
}

/**
 * What two factions are to each other from now on. A band changes only where the value is well past its edge; an alliance
 * needs its treaty, and a war a raid within twenty days.
 */
export function stanceOf(
  { value, stance, treaty, raidedGs }: Pick<FactionRelation, "value" | "stance" | "treaty" | "raidedGs">,
  atGs: number,
): Stance {
  const before = bandOf(stance);
  let band = bandAt(value);
  if (before !== Stance.UNSPECIFIED && band !== before) {
    const rises = band > before;
    const well = bandAt(rises ? value - HYSTERESIS : value + HYSTERESIS);
    band = rises === well > before ? well : before;
  }
  const allied = stance === Stance.ALLIED ? ALLIED - HYSTERESIS : ALLIED;
  if (band === Stance.FRIENDLY && treaty === Treaty.ALLIANCE && value >= allied) return Stance.ALLIED;
  const isAtWar = raidedGs > 0 && atGs - raidedGs < WAR_DAYS * DAY_GS;
  return band === Stance.HOSTILE && isAtWar ? Stance.WAR : band;
}
