import { Flood, GroundConditionsChanged } from "@orrery/schema/weather/v1";
import type { InitOf } from "@orrery/wire";

export const FINGERPRINT = "be4c000000000000";
const REGIONS = 64;

/** The ground of 64 regions, some 70 bytes each; made once, so that a bench measures codec and bus alone. */
export function groundEvents(): InitOf<typeof GroundConditionsChanged>[] {
  return Array.from({ length: REGIONS }, (_, i) => ({
    atGs: 3_600 * 14,
    regionId: `region:r-${i}`,
    wetness: (i % 10) / 10,
    sweMm: i,
    snowMm: i * 3,
    ice: 0.1,
    riverMm: 400 + i,
    riverLevel: 0.7,
    drought: 0.2,
    traction: 0.8,
    flood: i % 3 === 0 ? Flood.HIGH : Flood.NONE,
    revision: i,
  }));
}

export { GroundConditionsChanged };
