import { type Decision, DecisionKind, type KnobState } from "@orrery/schema/performance/v1";
import { wallClock, word } from "../data/words.ts";

/** What the controller did, newest first, and what it waits for. */
export function Decisions({
  decisions,
  now,
  knobs,
}: {
  readonly decisions: readonly Decision[];
  readonly now: string;
  readonly knobs: readonly KnobState[];
}) {
  const useless = knobs.filter((knob) => knob.useless).map(({ knob }) => knob);
  return (
    <section aria-label="Decisions">
      <h3>What was decided</h3>
      <p role="status">Now: {now}.</p>
      {useless.length > 0 && <p className="soft">Gained nothing here: {useless.join(", ")}.</p>}
      {decisions.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>At</th>
              <th>What</th>
              <th>Knob</th>
              <th>Why</th>
            </tr>
          </thead>
          <tbody>
            {decisions.toReversed().map(({ atMs, kind, knob, why }) => (
              <tr key={`${atMs} ${knob} ${kind}`}>
                <td>{wallClock(atMs)}</td>
                <td>{word(DecisionKind, kind)}</td>
                <td className="mono">{knob}</td>
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
