import { levelOf, NEEDS } from "@orrery/npc-mind";
import type { Mind } from "@orrery/schema/npc/v1";
import type { DeepReadonly } from "@orrery/simulation/define";

type Minds = Iterable<readonly [id: string, mind: DeepReadonly<Mind>]>;

export interface VitalSigns {
  readonly people: number;
  /** Means over everybody, in the order of the needs. */
  readonly needs: readonly number[];
  /** The lowest of all needs of all people. */
  readonly lowest: number;
  readonly atHome: number;
  readonly decisions: number;
}

export function vitalSigns(minds: Minds): VitalSigns {
  const sums = NEEDS.map(() => 0);
  let [people, atHome, decisions, lowest] = [0, 0, 0, Number.POSITIVE_INFINITY];
  for (const [, mind] of minds) {
    people += 1;
    decisions += mind.decisions;
    if (mind.placeId === mind.homePlaceId) atHome += 1;
    NEEDS.forEach((need, i) => {
      const level = levelOf(mind.needs, need);
      sums[i] = (sums[i] ?? 0) + level;
      lowest = Math.min(lowest, level);
    });
  }
  return { people, needs: sums.map((sum) => sum / people), lowest, atHome: atHome / people, decisions };
}
