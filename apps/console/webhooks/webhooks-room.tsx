import { type EndpointInfo, EndpointState, WebhookService } from "@orrery/schema/bus/v1";
import { useState } from "react";
import { useAsk } from "../data/ask.ts";
import { usePlace } from "../data/link.ts";
import { goTerms, readTerms, type Terms } from "../data/terms.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { ForAdmins } from "../shell/for-admins.tsx";
import { EndpointActs } from "./endpoint-acts.tsx";
import { EndpointForm } from "./endpoint-form.tsx";
import { DeliveryTable } from "./delivery-table.tsx";

/** Systems outside that are told what happens here: what they get, and what became of it. */
export function WebhooksRoom({ valley }: { readonly valley: Valley }) {
  const terms = readTerms(usePlace().filter);
  const [changes, setChanges] = useState(0);
  const { answer, problem } = useAsk(
    "endpoints",
    async () => (valley.isAdmin ? (await valley.world.rpc(WebhookService).listEndpoints({})).endpoints : []),
    1_000,
    changes,
  );
  if (!valley.isAdmin)
    return (
      <section className="room">
        <ForAdmins what="Webhooks are" />
      </section>
    );
  const id = terms["endpoint"] ?? "";
  const chosen = answer?.find(({ endpoint }) => endpoint?.id === id);
  const changed = () => setChanges(changes + 1);
  return (
    <section className="room">
      <header>
        <div>
          <h1>Webhooks</h1>
          <p>Events for systems outside: CloudEvents over HTTP, signed by the Standard Webhooks scheme.</p>
        </div>
      </header>
      <div className="scroll" tabIndex={0} aria-label="Webhooks">
        {problem !== undefined && <p role="alert">No answer: {problem}</p>}
        {answer?.length === 0 && (
          <p className="empty">Nobody outside is told anything yet. Name an endpoint below.</p>
        )}
        {answer !== undefined && answer.length > 0 && (
          <Endpoints endpoints={answer} chosen={id} terms={terms} />
        )}
        {chosen !== undefined && (
          <article className="service" key={id} aria-label={`Endpoint ${id}`}>
            <h2 className="mono">{id}</h2>
            <EndpointActs valley={valley} info={chosen} onChange={changed} />
            <DeliveryTable valley={valley} endpoint={id} terms={terms} />
          </article>
        )}
        <EndpointForm
          key={`form ${id} ${chosen === undefined}`}
          valley={valley}
          info={chosen}
          onChange={changed}
        />
      </div>
    </section>
  );
}

function Endpoints({
  endpoints,
  chosen,
  terms,
}: {
  readonly endpoints: readonly EndpointInfo[];
  readonly chosen: string;
  readonly terms: Terms;
}) {
  return (
    <table>
      <thead>
        <tr>
          <th>Endpoint</th>
          <th>State</th>
          <th>What it gets</th>
          <th className="number">Up to event</th>
          <th className="number">Under way</th>
          <th className="number">Given up</th>
        </tr>
      </thead>
      <tbody>
        {endpoints.map(({ endpoint, state, reason, cursor, pending, dead, failingSinceMs }) =>
          endpoint === undefined ? null : (
            <tr key={endpoint.id} aria-selected={endpoint.id === chosen}>
              <td>
                <button
                  type="button"
                  className="chip mono"
                  aria-pressed={endpoint.id === chosen}
                  onClick={() => goTerms(terms, { endpoint: endpoint.id === chosen ? "" : endpoint.id })}
                >
                  {endpoint.id}
                </button>{" "}
                <span className="faint">{endpoint.url}</span>
              </td>
              <td>
                <span className={`state ${state === EndpointState.ACTIVE ? "" : "wary"}`}>
                  {word(EndpointState, state)}
                </span>
                {reason !== "" && ` ${reason}`}
                {failingSinceMs > 0 && ` fails since ${new Date(failingSinceMs).toLocaleTimeString()}`}
              </td>
              <td className="mono">
                {endpoint.worldId}: {endpoint.filter?.types.join(" ") || "everything"}
                {endpoint.personal && " with personal fields"}
              </td>
              <td className="number">{cursor.toLocaleString("en")}</td>
              <td className="number">{pending.toLocaleString("en")}</td>
              <td className="number">{dead.toLocaleString("en")}</td>
            </tr>
          ),
        )}
      </tbody>
    </table>
  );
}
