/** Between which sides of the picture it moves, and what the GPU may take. */
export interface FastLoopBounds {
  /** `internal_scale_min` of the config, 0..1. */
  readonly min: number;
  /** `internal_scale` of the config, 0..1. */
  readonly max: number;
  /** Of the GPU's lane at the present target, ms. */
  readonly gpuBudgetMs: number;
}

/** Holds the GPU within its budget by the resolution that is drawn. It asks nobody, and goes on while the line is cut. */
export interface FastLoop {
  /** Share of a side of the picture that is drawn, 0..1. */
  readonly scale: number;
  /** Each quarter of a second. @param gpuP90Ms of the frames since the last step @returns the scale from now on */
  step(gpuP90Ms: number): number;
  /** The config is another. */
  bounds(next: FastLoopBounds): void;
}

/** Of the budget, so that a frame that is a little dearer still fits. */
const AIM = 0.95;
/** PI controller in velocity form, which cannot wind up: gains a step, of the error as a share of the budget. */
const PROPORTIONAL = 0.15;
const INTEGRAL = 0.12;
const STEP_MOST = 0.05;
/** So near to the aim nothing moves: a picture that breathes is seen. */
const STILL = 0.02;

export function createFastLoop(first: FastLoopBounds): FastLoop {
  let now = first;
  let scale = first.max;
  let before: number | undefined;
  return {
    get scale() {
      return scale;
    },
    step(gpuP90Ms) {
      if (!(gpuP90Ms > 0) || !Number.isFinite(gpuP90Ms)) return scale;
      const error = AIM - gpuP90Ms / now.gpuBudgetMs;
      const change = PROPORTIONAL * (error - (before ?? error)) + INTEGRAL * error;
      before = error;
      if (Math.abs(error) > STILL)
        scale = Math.min(
          now.max,
          Math.max(now.min, scale + Math.min(STEP_MOST, Math.max(-STEP_MOST, change))),
        );
      return scale;
    },
    bounds(next) {
      now = next;
      before = undefined;
      scale = Math.min(next.max, Math.max(next.min, scale));
    },
  };
}
