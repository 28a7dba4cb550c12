import type { EvaluateCaptureRequest, EvaluateCaptureResponseInit } from "@orrery/schema/performance/v1";
import type { Call } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { evaluateCapture as evaluate } from "../captures/evaluate.ts";
import { shippedCapture } from "../captures/shipped.ts";
import { performanceErrors } from "../errors.ts";
import { TARGETS } from "../matrix/matrix.ts";
import { keeper } from "../write/keeper.ts";

export async function evaluateCapture(
  { mode, capture, windows, targetFps }: EvaluateCaptureRequest,
  call: Call,
): Promise<EvaluateCaptureResponseInit> {
  const tree = call.part(keeper).ground.trees.get(mode);
  const range = TARGETS.get(mode);
  if (tree === undefined || range === undefined)
    throw new OrreryError(performanceErrors.PERF_OUT_OF_RANGE, { given: `mode ${mode}` });
  const fps = targetFps === 0 ? tree.referenceFps : targetFps;
  if (!(fps >= 30 && fps <= 500))
    throw new OrreryError(performanceErrors.PERF_OUT_OF_RANGE, { given: `target_fps ${fps}: 30 to 500` });
  const captured = capture === "" ? windows : await shippedCapture(capture);
  const verdict = captured && evaluate(tree, captured, fps);
  if (verdict === undefined)
    throw new OrreryError(performanceErrors.PERF_CAPTURE_UNKNOWN, {
      given: capture || `${windows.length} windows`,
    });
  return { pass: verdict.pass, nodes: [...verdict.nodes] };
}
