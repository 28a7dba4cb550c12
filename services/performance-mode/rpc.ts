import { PerformanceService } from "@orrery/schema/performance/v1";
import { serve } from "@orrery/service";
import { submitBenchmark } from "./rpc/benchmark.ts";
import { evaluateCapture } from "./rpc/capture.ts";
import { clearOverride, setMode, setOverride } from "./rpc/change.ts";
import { explain } from "./rpc/explain.ts";
import { listMatrix } from "./rpc/matrix.ts";
import { getMetrics } from "./rpc/metrics.ts";
import { getProfile } from "./rpc/profile.ts";
import { reportFrames } from "./rpc/report.ts";
import { lockField, setBudget } from "./rpc/rules.ts";
import { listSessions } from "./rpc/sessions.ts";

export const performanceRpc = serve(PerformanceService, {
  getProfile,
  listMatrix,
  getMetrics,
  explain,
  listSessions,
  setMode,
  setOverride,
  clearOverride,
  reportFrames,
  submitBenchmark,
  setBudget,
  lockField,
  evaluateCapture,
});
