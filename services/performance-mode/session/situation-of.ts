import { DeviceClass } from "@orrery/schema/performance/v1";
import type { Matrix } from "../matrix/matrix.ts";
import type { Situation } from "../resolve/situation.ts";
import { type Ground, locksFor } from "../write/ground.ts";
import { type Kept, NEW } from "./session.ts";
import type { Wants } from "./wants.ts";

const BATTERY_FPS = { handheld: 40, other: 60 };

/** All that decides what a device is to show. @param kept of its session; absent: there is none */
export function situationOf(matrix: Matrix, ground: Ground, wants: Wants, kept: Kept = NEW): Situation {
  const { mode, preset, isAuto, targetFps, benchmark, overrides, policy, deviceClass } = wants;
  return {
    ...{ matrix, mode, preset, isAuto, targetFps, benchmark, overrides, policy },
    auto: kept.auto,
    strain: kept.strain,
    batteryFps: deviceClass === DeviceClass.HANDHELD ? BATTERY_FPS.handheld : BATTERY_FPS.other,
    locks: locksFor(ground, deviceClass),
  };
}
