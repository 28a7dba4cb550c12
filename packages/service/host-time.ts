import type { Clock } from "@orrery/bus";

/** A host's clock that is further away than this was set; what is less is told apart by nobody. */
const SET_MS = 1_000;

/**
 * What time it is on this host, Unix ms. `clock` runs evenly from when the process began, as whoever measures a span
 * needs it, and knows nothing of the host's clock being set; this goes with it. Moments that others see, or that
 * outlive the process, are taken here.
 * @param host what the host's clock shows, Unix ms
 */
export function hostTime(clock: Clock, host: () => number): () => number {
  let setMs = 0;
  return () => {
    const evenMs = clock.now() + setMs;
    const offMs = host() - evenMs;
    if (Math.abs(offMs) <= SET_MS) return evenMs;
    setMs += offMs;
    return evenMs + offMs;
  };
}
