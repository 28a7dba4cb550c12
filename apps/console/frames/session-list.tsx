import { DeviceClass, Lane, Mode, PerformanceService, Preset } from "@orrery/schema/performance/v1";
import { useAsk } from "../data/ask.ts";
import { go } from "../data/link.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";

const PAGE = 100;
const MOST = 500;
const LOOK_MS = 5_000;

/** Everybody who is connected, with the lane that their frames are bound by. */
export function SessionList({ valley, selected }: { readonly valley: Valley; readonly selected: string }) {
  const [size, more] = usePageSize(PAGE, MOST);
  const { answer, problem } = useAsk(
    `sessions ${size}`,
    () => valley.world.rpc(PerformanceService).listSessions({ pageSize: size }),
    LOOK_MS,
  );
  if (problem !== undefined) return <p role="alert">No answer: {problem}</p>;
  if (answer === undefined) return <p className="empty">Asking…</p>;
  if (answer.sessions.length === 0)
    return <p className="empty">Nobody is connected. Whoever comes in will stand here.</p>;
  return (
    <section aria-label="Clients">
      <table>
        <thead>
          <tr>
            <th>Player</th>
            <th>Device</th>
            <th>Mode</th>
            <th className="number">Target</th>
            <th className="number">p95</th>
            <th>Bound by</th>
            <th className="number">Events</th>
            <th className="number">People in full</th>
            <th>Last decision</th>
          </tr>
        </thead>
        <tbody>
          {answer.sessions.map((one) => (
            <tr key={one.sessionId} aria-selected={one.sessionId === selected}>
              <td>
                <button
                  type="button"
                  className="chip mono"
                  onClick={() =>
                    go({ room: "frames", filter: one.sessionId === selected ? "" : one.sessionId })
                  }
                >
                  {one.playerId}
                </button>
              </td>
              <td>
                {word(DeviceClass, one.deviceClass)} <span className="faint">{one.engineVersion}</span>
              </td>
              <td>
                {word(Mode, one.mode)}, {word(Preset, one.preset)}
                {one.auto && " (auto)"}
              </td>
              <td className="number">{one.targetFps} fps</td>
              <td className="number">{one.p95Ms === 0 ? "–" : `${one.p95Ms.toFixed(1)} ms`}</td>
              <td>
                {one.bound === Lane.UNSPECIFIED
                  ? "nothing was reported"
                  : `${word(Lane, one.bound)}, ${Math.round(100 * one.ratio)} % of its budget`}
              </td>
              <td className="number">{one.clientEventHz} Hz</td>
              <td className="number">{one.npcFullCap}</td>
              <td>{one.why || "none yet"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <MoreRows
        shown={answer.sessions.length}
        goesOn={answer.nextPageToken !== ""}
        isMost={size === MOST}
        onMore={more}
      />
    </section>
  );
}
