import { Lane, type LaneMetrics } from "@orrery/schema/performance/v1";
import { word } from "../data/words.ts";

/** What each lane takes of its budget. */
export function LaneTable({
  lanes,
  bound,
}: {
  readonly lanes: readonly LaneMetrics[];
  readonly bound: Lane;
}) {
  return (
    <table aria-label="Lanes">
      <thead>
        <tr>
          <th>Lane</th>
          <th className="number">p95</th>
          <th className="number">Budget</th>
          <th>Of its budget</th>
          <th>State</th>
        </tr>
      </thead>
      <tbody>
        {lanes.map(({ lane, p95Ms, budgetMs, exceeded, worstChild }) => (
          <tr key={lane}>
            <td>
              {word(Lane, lane)}
              {lane === bound && " (bound)"}
            </td>
            <td className="number">{p95Ms.toFixed(2)} ms</td>
            <td className="number">{budgetMs.toFixed(2)} ms</td>
            <td>
              <meter
                min={0}
                max={1.5}
                high={1}
                optimum={0}
                value={Math.min(1.5, p95Ms / budgetMs)}
                aria-label={`${word(Lane, lane)} of its budget`}
              />{" "}
              {Math.round((100 * p95Ms) / budgetMs)} %
            </td>
            <td>{exceeded ? `▲ over${worstChild === "" ? "" : `, most of all ${worstChild}`}` : "within"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
