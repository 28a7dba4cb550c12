import { PerformanceService } from "@orrery/schema/performance/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";
import { Decisions } from "./decisions.tsx";
import { FieldSources } from "./field-sources.tsx";
import { LaneTable } from "./lane-table.tsx";
import { ModeForm } from "./mode-form.tsx";

const LOOK_MS = 2_000;

/** One session: its lanes against their budgets, its mode, what was decided and why. @param sessionId empty: one's own */
export function SessionView({ valley, sessionId }: { readonly valley: Valley; readonly sessionId: string }) {
  const calls = valley.world.rpc(PerformanceService);
  const { answer, problem } = useAsk(
    `session ${sessionId}`,
    async () => {
      const asked = { sessionId };
      const [profile, metrics, explained] = await Promise.all([
        calls.getProfile(asked),
        calls.getMetrics(asked),
        calls.explain(asked),
      ]);
      return { profile, metrics, explained };
    },
    LOOK_MS,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="empty">Asking…</p>;
  const { profile, metrics, explained } = answer;
  const player = profile.profile?.playerId ?? "";
  return (
    <section aria-label={`Frames of ${player}`}>
      <h2>{player}</h2>
      <p>
        {metrics.fps === 0
          ? "Nothing was reported yet: the client's SDK reports every 5 s of play."
          : `${metrics.fps.toFixed(0)} frames a second, ${metrics.onePercentLowFps.toFixed(0)} in the slowest hundredth; a frame has ${metrics.targetMs.toFixed(2)} ms.`}
        {metrics.rejected > 0 && ` ${metrics.rejected} windows could not be believed.`}
      </p>
      <ModeForm valley={valley} profile={profile.profile} config={profile.config} />
      <LaneTable lanes={metrics.lanes} bound={metrics.bound} />
      <Decisions decisions={explained.decisions} now={explained.now} knobs={explained.knobs} />
      <FieldSources sources={profile.sources} />
    </section>
  );
}
