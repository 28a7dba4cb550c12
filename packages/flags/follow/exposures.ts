import type { Exposure, ExposureInit } from "@orrery/schema/settings/v1";
import type { Outcome } from "../evaluate.ts";

type Counted = Required<Pick<Exposure, "flagKey" | "variant" | "reason" | "day">> & { count: number };

/** Who saw which variant, counted by day until it is reported. */
export interface Exposures {
  count(flagKey: string, outcome: Pick<Outcome, "variant" | "reason">): void;
  /** What was counted since the last time, at most `most` of it; the rest stays. */
  take(most: number): ExposureInit[];
}

const DAY_MS = 86_400_000;
/** Flags are few, so are their variants; beyond this somebody makes up names. */
const KEPT_MOST = 10_000;

export function exposures(now: () => number): Exposures {
  const counted = new Map<string, Counted>();
  return {
    count(flagKey, { variant, reason }) {
      const day = Math.floor(now() / DAY_MS);
      const name = `${flagKey}/${variant}/${reason}/${day}`;
      const known = counted.get(name);
      if (known !== undefined) known.count += 1;
      else if (counted.size < KEPT_MOST) counted.set(name, { flagKey, variant, reason, day, count: 1 });
    },
    take(most) {
      const taken = [...counted].slice(0, most);
      for (const [name] of taken) counted.delete(name);
      return taken.map(([, exposure]) => exposure);
    },
  };
}
