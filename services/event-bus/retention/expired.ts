import { codecs } from "@orrery/schema/registry";
import type { Frame, Lane, Retention } from "@orrery/wire";

export const DAY_MS = 86_400_000;
/** Of types that no schema here describes. */
const OF_LANE: Readonly<Record<Lane, Retention>> = {
  realtime: { kind: "days", days: 7 },
  standard: { kind: "forever" },
  bulk: { kind: "days", days: 30 },
};

export interface Expiry {
  readonly nowMs: number;
  /** The journal is nearly full: days do not count, only what a replay needs is kept. */
  readonly early: boolean;
  /** Whether newer ones of this type and key stand for it: `latest` of its option. */
  superseded(type: string, key: string, sequence: number, publisher: string): boolean;
}

export function retentionOf(type: string, lane: Lane): Retention {
  return codecs.get(type)?.event?.retention ?? OF_LANE[lane];
}

/** Whether every event of a frame has outlived its retention. One that has not keeps its neighbours. */
export function isExpired(frame: Frame, skip: number, { nowMs, early, superseded }: Expiry): boolean {
  for (const event = frame.cursor(); event.next(); ) {
    if (event.index < skip) continue;
    const retention = retentionOf(event.type, frame.lane);
    if (retention.kind === "forever") return false;
    if (retention.kind === "days" && !early && event.timeMs > nowMs - retention.days * DAY_MS) return false;
    if (retention.kind === "latest" && !superseded(event.type, event.key, event.sequence, frame.publisher))
      return false;
  }
  return true;
}
