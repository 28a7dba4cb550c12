import { type Delivery, DeliveryState, type EventId, WebhookService } from "@orrery/schema/bus/v1";
import { useAct } from "../data/act.ts";
import { useAsk } from "../data/ask.ts";
import { go } from "../data/link.ts";
import { MoreRows, usePageSize } from "../data/pages.tsx";
import { goTerms, type Terms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";

const PAGE = 100;
const MOST = 1_000;
const LOOK_MS = 1_000;
const STATES = [DeliveryState.PENDING, DeliveryState.DELIVERED, DeliveryState.DEAD];

/** What became of each event that was for this endpoint, newest first. */
export function DeliveryTable({
  valley,
  endpoint,
  terms,
}: {
  readonly valley: Valley;
  readonly endpoint: string;
  readonly terms: Terms;
}) {
  const act = useAct();
  const webhooks = valley.world.rpc(WebhookService);
  const state = STATES.find((one) => String(one) === terms["state"]) ?? DeliveryState.UNSPECIFIED;
  const [size, more] = usePageSize(PAGE, MOST);
  const { answer, problem } = useAsk(
    `${endpoint} ${state} ${size}`,
    () => webhooks.listDeliveries({ id: endpoint, state, pageSize: size }),
    LOOK_MS,
    act.done,
  );
  const again = (event: EventId) =>
    act.run(async () => {
      const { accepted } = await webhooks.redeliver({ id: endpoint, events: [event] });
      return accepted === 1 ? "It is on its way again." : "It is not kept any more.";
    });
  return (
    <>
      <div role="group" aria-label="Deliveries" className="tools groups">
        {STATES.map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={one === state}
            onClick={() => goTerms(terms, { state: one === state ? "" : String(one) })}
          >
            {word(DeliveryState, one)}
          </button>
        ))}
        <Outcome act={act} />
      </div>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      {answer?.deliveries.length === 0 && (
        <p className="empty">Nothing was sent to it in the last seven days.</p>
      )}
      {answer !== undefined && answer.deliveries.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Event</th>
              <th>Key</th>
              <th>State</th>
              <th className="number">Attempts</th>
              <th>Answer</th>
              <th>Again</th>
            </tr>
          </thead>
          <tbody>
            {answer.deliveries.map((one) => (
              <Row key={one.ordinal} delivery={one} onAgain={(event) => void again(event)} />
            ))}
          </tbody>
        </table>
      )}
      {answer !== undefined && (
        <MoreRows
          shown={answer.deliveries.length}
          goesOn={answer.nextPageToken !== ""}
          isMost={size === MOST}
          onMore={more}
        />
      )}
    </>
  );
}

function Row({ delivery, onAgain }: { readonly delivery: Delivery; onAgain(event: EventId): void }) {
  const { event, key, state, attempts, status, latencyMs, error, nextMs, lastMs } = delivery;
  if (event === undefined) return null;
  const id = `${event.publisher}/${event.sequence}`;
  return (
    <tr>
      <td>
        <button
          type="button"
          className="chip mono"
          onClick={() => go({ room: "why", event: id, filter: "" })}
        >
          {id}
        </button>
      </td>
      <td className="mono">{key}</td>
      <td>
        {word(DeliveryState, state)}
        {nextMs > 0 && `, next at ${new Date(nextMs).toLocaleTimeString()}`}
      </td>
      <td className="number">{attempts}</td>
      <td title={lastMs > 0 ? new Date(lastMs).toLocaleString() : ""}>
        {attempts === 0
          ? ""
          : status === 0
            ? `no answer: ${error}`
            : `${status} in ${latencyMs.toFixed(0)} ms`}
      </td>
      <td>
        <button type="button" className="chip" onClick={() => onAgain(event)}>
          Send again
        </button>
      </td>
    </tr>
  );
}
