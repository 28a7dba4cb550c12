export { createFastLoop, type FastLoop, type FastLoopBounds } from "./fast-loop.ts";
export { createFrameRecorder, type FrameRecorder, type FrameTimes, type LaneName } from "./frame-recorder.ts";
export { createFrameReports, type FrameReports } from "./frame-reports.ts";
