import type { Hlc } from "@orrery/schema/settings/v1";

export type Stamp = Pick<Hlc, "wallMs" | "counter" | "deviceId">;

/** Below 0: the first is earlier; 0: they are one stamp. */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.wallMs !== b.wallMs) return a.wallMs - b.wallMs;
  if (a.counter !== b.counter) return a.counter - b.counter;
  return a.deviceId < b.deviceId ? -1 : a.deviceId > b.deviceId ? 1 : 0;
}

/** A stamp of the server, later than what there was. */
export function stampAfter(before: Stamp | undefined, nowMs: number): Stamp {
  if (before === undefined || nowMs > before.wallMs) return { wallMs: nowMs, counter: 0, deviceId: "" };
  return { wallMs: before.wallMs, counter: before.counter + 1, deviceId: "" };
}

/** A device's clock may be so much ahead. */
export const AHEAD_MOST_MS = 300_000;
