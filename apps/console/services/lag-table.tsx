import { LagState, type SubscriptionLag } from "@orrery/schema/bus/v1";

/** Every subscription and how far behind. */
export function LagTable({ lags }: { readonly lags: readonly SubscriptionLag[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Subscription</th>
          <th>State</th>
          <th className="number">Behind, events</th>
          <th className="number">Oldest, s</th>
          <th className="number">Handled a second</th>
          <th className="number">Dead letters</th>
        </tr>
      </thead>
      <tbody>
        {lags.map(({ subscription, state, events, oldestMs, rate, deadLetters }) => (
          <tr key={subscription}>
            <td className="mono">{subscription}</td>
            <td>
              <span className={state === LagState.STALLED ? "state bad" : "state"}>
                {state === LagState.STALLED ? "stalled" : state === LagState.UNKNOWN ? "unknown" : "moving"}
              </span>
            </td>
            <td className="number">{events.toLocaleString("en")}</td>
            <td className="number">{(oldestMs / 1000).toFixed(1)}</td>
            <td className="number">{rate.toFixed(1)}</td>
            <td className="number">{deadLetters}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
