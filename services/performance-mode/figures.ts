import {
  BudgetState,
  ChangeReason,
  DecisionKind,
  FrameBudgetExceeded,
  type Lane,
  ModeChanged,
} from "@orrery/schema/performance/v1";
import type { Part } from "@orrery/service";
import { laneWord } from "./budgets/tree.ts";
import { modeWord, presetWord } from "./matrix/matrix.ts";
import { reports } from "./session/reports.ts";
import { wordOf } from "./words.ts";
import { keeper } from "./write/keeper.ts";

const SAMPLE_MS = 30_000;

/** What is counted beside the work. */
export const figures: Part<void> = {
  name: "figures",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { metrics } = kit;
    const sessions = metrics.gauge("orrery_performance_sessions", "Open sessions", ["mode", "preset"]);
    const ratio = metrics.histogram(
      "orrery_performance_p95_ratio",
      "p95 of the frame interval against its target, at each look of the controller",
      [0.5, 0.7, 0.85, 0.95, 1.05, 1.15, 1.25, 1.5, 2, 3],
    );
    const changes = metrics.counter("orrery_performance_changes_total", "Changes told", ["reason"]);
    const steps = metrics.counter("orrery_performance_steps_total", "Steps of the controller", ["kind"]);
    const exceeded = metrics.counter("orrery_performance_exceeded_total", "Lanes over their budget", [
      "lane",
    ]);
    const rejected = metrics.counter("orrery_performance_rejected_windows_total", "Windows that were none");
    const stopping = new AbortController();
    const stopListening = kit.part(keeper).onCommit(({ emitted }) => {
      for (const { codec, init } of emitted) {
        if (codec === ModeChanged)
          changes(1, { reason: wordOf(ChangeReason, (init as { reason: ChangeReason }).reason) });
        if (codec !== FrameBudgetExceeded) continue;
        const { lane, state } = init as { lane: Lane; state: BudgetState };
        if (state === BudgetState.EXCEEDED) exceeded(1, { lane: laneWord(lane) });
      }
    });
    const stopWatching = kit.part(reports).onReport(({ dropped, outcomes }) => {
      if (dropped.length > 0) rejected(dropped.length);
      for (const { move, p95Ms, targetMs } of outcomes) {
        ratio(p95Ms / targetMs);
        if (move !== undefined) steps(1, { kind: wordOf(DecisionKind, move.kind) });
      }
    });

    const seen = new Set<string>();
    function sample(): void {
      const counts = new Map<string, number>();
      for (const { kept } of kit.part(keeper).open.all()) {
        if (kept.told === undefined) continue;
        const name = `${modeWord(kept.told.mode)} ${presetWord(kept.told.preset)}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
        seen.add(name);
      }
      for (const name of seen) {
        const [mode = "", preset = ""] = name.split(" ");
        sessions(counts.get(name) ?? 0, { mode, preset });
      }
    }

    const run = async () => {
      while (!stopping.signal.aborted) {
        await kit.clock.sleep(SAMPLE_MS, stopping.signal);
        if (!stopping.signal.aborted && kit.part(keeper).active) sample();
      }
    };
    const running = run();
    return {
      handle: undefined,
      async stop() {
        stopping.abort();
        stopListening();
        stopWatching();
        await running;
      },
    };
  },
};
