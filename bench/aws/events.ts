import { seededNumbers } from "@orrery/bus";
import type { GroundConditionsChanged } from "@orrery/schema/weather/v1";
import { encodeBytes, type InitOf } from "@orrery/wire";
import { GroundConditionsChanged as Ground, groundEvents } from "../bus/events.ts";

/** Payload of each event, bytes. */
export const EVENT_BYTES = 100;
const COUNT = 16_384;
const LONG_NAME = "of-the-far-northern-marches-beyond-the-river";

/**
 * The ground of 64 regions, 16,384 different events of 100 bytes each. Their measures are random to the last bit, so
 * that compression gains what it gains from field tags and ids, and nothing from repetition.
 */
export function events100(): InitOf<typeof GroundConditionsChanged>[] {
  const random = seededNumbers(7);
  const regions = groundEvents();
  return Array.from({ length: COUNT }, (_, n) => {
    const region = regions[n & 63] as (typeof regions)[0];
    const init = {
      ...region,
      atGs: 3_600 * 14 + n * random(),
      wetness: random(),
      sweMm: 100 * random(),
      snowMm: 300 * random(),
      ice: random(),
      riverMm: 400 + 900 * random(),
      riverLevel: random(),
      drought: random(),
      traction: random(),
      revision: 1_000 + (n >> 6),
    };
    const short = encodeBytes(Ground, init).length;
    const id = region.regionId ?? "";
    return { ...init, regionId: `${id}-${LONG_NAME}`.slice(0, id.length + EVENT_BYTES - short) };
  });
}
