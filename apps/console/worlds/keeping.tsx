import { JournalService, type StatsResponse, WorldService } from "@orrery/schema/bus/v1";
import { useState } from "react";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import { sizeText } from "../data/size.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";
import { Held } from "./held.tsx";
import { Pins } from "./pins.tsx";

const LOOK_MS = 5_000;

/** What the journal keeps of every world, how long its room will do, and what may go. */
export function Keeping({ valley, world }: { readonly valley: Valley; readonly world: string }) {
  const [changes, setChanges] = useState(0);
  const { answer, problem } = useAsk(
    "stats",
    () => valley.world.rpc(JournalService).stats({}),
    LOOK_MS,
    changes,
  );
  return (
    <>
      <h2>The journal</h2>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer !== undefined && <Room answer={answer} />}
      <Prune valley={valley} onChange={() => setChanges(changes + 1)} />
      {answer !== undefined && <Worlds answer={answer} />}
      <Held key={`held ${world}`} valley={valley} world={world} />
      <Pins
        key={world}
        valley={valley}
        world={world}
        newest={answer?.worlds.find(({ worldId }) => worldId === world)?.newestOrdinal ?? 0}
      />
    </>
  );
}

function Room({ answer }: { readonly answer: StatsResponse }) {
  const { usedBytes, budgetBytes, diskFreeBytes = Number.POSITIVE_INFINITY } = answer;
  return (
    <p>
      <meter min={0} max={budgetBytes} high={0.8 * budgetBytes} value={usedBytes} aria-label="Room used" />{" "}
      {sizeText(usedBytes)} of {sizeText(budgetBytes)}
      {diskFreeBytes < budgetBytes - usedBytes && `, of which the disk has ${sizeText(diskFreeBytes)} left`};{" "}
      {lasts(answer)}
    </p>
  );
}

function lasts({ daysLeft, paceSeconds }: StatsResponse): string {
  if (paceSeconds === 0) return "how long that lasts is known in a minute";
  if (daysLeft === undefined) return "it does not grow";
  return `at this hour's pace it lasts ${timeText(daysLeft)}`;
}

function timeText(days: number): string {
  if (days > 3_650) return "more than ten years";
  const [count, unit] = days >= 2 ? [days, "days"] : [days * 24, "hours"];
  return `${count.toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`;
}

function Worlds({ answer }: { readonly answer: StatsResponse }) {
  return (
    <table>
      <thead>
        <tr>
          <th>World</th>
          <th className="number">Events</th>
          <th className="number">Frames</th>
          <th className="number">Index</th>
          <th>Most said</th>
          <th>Gaps</th>
        </tr>
      </thead>
      <tbody>
        {answer.worlds.map(({ worldId, events, segmentBytes, indexBytes, types, gaps }) => (
          <tr key={worldId}>
            <td className="mono">{worldId}</td>
            <td className="number">{events.toLocaleString("en")}</td>
            <td className="number">{sizeText(segmentBytes)}</td>
            <td className="number">{sizeText(indexBytes)}</td>
            <td className="mono">
              {[...types]
                .sort((one, other) => other.count - one.count)
                .slice(0, 2)
                .map(({ type, count }) => `${type} ${count.toLocaleString("en")}`)
                .join(", ")}
            </td>
            <td>
              {gaps.length === 0
                ? "none"
                : gaps.map(({ publisher, from, to }) => `${publisher} ${from}–${to}`).join(", ")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Counts first; only what was counted is taken out. */
function Prune({ valley, onChange }: { readonly valley: Valley; readonly onChange: () => void }) {
  const act = useAct();
  const [counted, setCounted] = useState(0);
  const prune = (dryRun: boolean) =>
    act.run(async () => {
      const { frames, events } = await valley.world.rpc(WorldService).prune({ dryRun });
      setCounted(dryRun ? events : 0);
      if (!dryRun) onChange();
      const what = `${events.toLocaleString("en")} events in ${frames.toLocaleString("en")} frames`;
      if (events === 0) return "Nothing has outlived its retention.";
      return dryRun ? `${what} have outlived their retention.` : `${what} are taken out.`;
    });
  return (
    <div className="acts">
      <button type="button" className="chip" disabled={act.busy} onClick={() => void prune(true)}>
        What could go?
      </button>
      <button
        type="button"
        className="chip"
        disabled={act.busy || counted === 0}
        onClick={() => void prune(false)}
      >
        Take it out now
      </button>
      <Outcome act={act} />
    </div>
  );
}
