import type { ServiceHealth, StartFailure } from "@orrery/schema/router/v1";
import { PlaceLink } from "../shell/place-link.tsx";
import { Sparkline } from "./sparkline.tsx";
import type { Sample } from "./trend.ts";

/** One service: how it is, what is wrong, how much it does and how late, and what it says and hears. */
export function ServiceCard({
  service,
  samples,
  letters,
}: {
  readonly service: ServiceHealth;
  readonly samples: readonly Sample[];
  /** What it has given up and nobody has looked at. */
  readonly letters: number;
}) {
  const { serviceId, summary, healthy, ready, failure, problems, facts, publishes, subscribes } = service;
  const state = failure ? "failed" : healthy ? (ready ? "well" : "not ready") : "stuck";
  const isQuiet = state === "well" && letters === 0;
  const colour = isQuiet ? "state" : state === "well" || state === "not ready" ? "state wary" : "state bad";
  const carried = [facts["codec"], facts["store"]].filter((fact) => fact !== undefined);
  const hears = subscribes.includes("*") ? "everything" : subscribes.length;
  return (
    <article className="service">
      <h2>{serviceId}</h2>
      <span className={colour}>{state}</span>
      {letters > 0 && (
        <PlaceLink to={{ room: "letters", filter: "" }}>
          {letters.toLocaleString("en")} dead letters
        </PlaceLink>
      )}
      <p>{summary}</p>
      {failure && <FailureNote failure={failure} />}
      {!failure &&
        problems.map((text) => (
          <div key={text} className="alert">
            {text}
          </div>
        ))}
      {samples.length > 0 && (
        <div className="sparks">
          <Sparkline
            of="Handled a second"
            values={samples.map(({ rate }) => rate)}
            text={(rate) => rate.toFixed(1)}
          />
          <Sparkline
            of="Oldest waits"
            values={samples.map(({ lateMs }) => lateMs)}
            text={(ms) => (ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`)}
          />
        </div>
      )}
      <span className="mono faint">
        {[...carried, `publishes ${publishes.length} types, reads ${hears}`].join(" · ")}
      </span>
    </article>
  );
}

function FailureNote({ failure: { message, tries, nextMs } }: { readonly failure: StartFailure }) {
  return (
    <div className="alert">
      {message}.{" "}
      {nextMs > 0
        ? `Tried ${tries} times; again at ${new Date(nextMs).toLocaleTimeString("en-GB")}.`
        : "It stays so until Orrery is started again; what it would have heard waits."}
    </div>
  );
}

/** `, weather-manager failed`; empty: all of them run. */
export function failedOf(services: readonly ServiceHealth[]): string {
  const failed = services.flatMap(({ serviceId, failure }) => (failure ? [serviceId] : []));
  return failed.length === 0 ? "" : `, ${failed.join(" and ")} failed`;
}
