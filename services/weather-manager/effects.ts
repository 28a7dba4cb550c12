import type { Ground, Sky } from "@orrery/schema/weather/v1";
import type { Effects } from "@orrery/schema/world/v1";
import type { Model } from "./model.ts";

/** What the sky does to those in it: the pack's row, with ice underfoot and snow in the way. */
export function effectsOf(
  model: Model,
  sky: Pick<Sky, "condition" | "visibilityM">,
  ground: Pick<Ground, "ice" | "snowMm">,
): Omit<Effects, "$typeName" | "$unknown"> {
  const { move, traction, noiseMask, scent, fire, exposure, outdoor } =
    model.effects[sky.condition as number]!;
  return {
    visibilityM: sky.visibilityM,
    move: move * (1 - Math.min(0.6, ground.snowMm / 1_000)),
    traction: traction * (1 - 0.5 * ground.ice),
    noiseMask,
    scent,
    fire,
    exposure,
    outdoor,
  };
}
