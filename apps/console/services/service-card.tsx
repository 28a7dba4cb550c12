import type { ServiceHealth, StartFailure } from "@orrery/schema/router/v1";

/** One service: how it is, what is wrong, and what it says and hears. */
export function ServiceCard({ service }: { readonly service: ServiceHealth }) {
  const { serviceId, summary, healthy, ready, failure, problems, facts, publishes, subscribes } = service;
  const state = failure ? "failed" : healthy ? (ready ? "well" : "not ready") : "stuck";
  const colour = state === "well" ? "state" : state === "not ready" ? "state wary" : "state bad";
  const carried = [facts["codec"], facts["store"]].filter((fact) => fact !== undefined);
  const hears = subscribes.includes("*") ? "everything" : subscribes.length;
  return (
    <article className="service">
      <h2>{serviceId}</h2>
      <span className={colour}>{state}</span>
      <p>{summary}</p>
      {failure && <FailureNote failure={failure} />}
      {!failure &&
        problems.map((text) => (
          <div key={text} className="alert">
            {text}
          </div>
        ))}
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
