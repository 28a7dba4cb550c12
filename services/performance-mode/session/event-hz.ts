import { Mode } from "@orrery/schema/performance/v1";
import type { AutoState, Resolved } from "../resolve/situation.ts";
import type { Wants } from "./wants.ts";

/** Nobody chose anything for the device, it was not measured, and nothing that it reported has changed anything. */
function isUnknown(
  { mode, preset, isAuto, targetFps, benchmark, overrides }: Wants,
  auto: AutoState,
): boolean {
  const isStandard = mode === Mode.IMMERSIVE && isAuto && preset === undefined && targetFps === undefined;
  const isMeasured = benchmark !== undefined || auto.preset !== undefined || auto.caps.size > 0;
  return isStandard && !isMeasured && overrides.size === 0;
}

/** Batches a second that a client is to be sent; 0: as the door sends them to whoever it knows nothing of. */
export const eventHzOf = (wants: Wants, auto: AutoState, { values }: Resolved): number =>
  isUnknown(wants, auto) ? 0 : values.clientEventHz;
