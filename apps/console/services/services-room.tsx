import { FleetService, LagState, type SubscriptionLag } from "@orrery/schema/bus/v1";
import { EdgeService, type ServiceHealth } from "@orrery/schema/router/v1";
import { useEffect, useState } from "react";
import type { Valley } from "../data/valley.ts";
import { failedOf, ServiceCard } from "./service-card.tsx";

const EVERY_MS = 2_000;

/** Every service and how it is; every subscription and how far behind. */
export function ServicesRoom({ valley }: { readonly valley: Valley }) {
  const [services, setServices] = useState<readonly ServiceHealth[]>([]);
  const [lags, setLags] = useState<readonly SubscriptionLag[]>([]);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let timer = 0;
    let gone = false;
    const look = async () => {
      try {
        const health = await valley.world.rpc(EdgeService).listServices({});
        const lag = valley.isAdmin ? await valley.world.rpc(FleetService).lag({}) : undefined;
        if (gone) return;
        setServices(health.services);
        setLags(lag?.lags ?? []);
        setProblem(undefined);
      } catch (error) {
        if (!gone) setProblem(error instanceof Error ? error.message : String(error));
      }
      if (!gone) timer = window.setTimeout(() => void look(), EVERY_MS);
    };
    void look();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [valley]);

  return (
    <section className="room">
      <header>
        <div>
          <h1>Services</h1>
          <p>
            {services.length === 0
              ? "Asking…"
              : `${services.length} services; ${services.filter(({ healthy, ready }) => healthy && ready).length} of them well${failedOf(services)}.`}
          </p>
        </div>
      </header>
      {problem !== undefined && <p role="alert">No answer: {problem}</p>}
      <div className="scroll" tabIndex={0} aria-label="Services">
        <div className="services">
          {services.map((service) => (
            <ServiceCard key={service.serviceId} service={service} />
          ))}
        </div>
        {valley.isAdmin && (
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
                      {state === LagState.STALLED
                        ? "stalled"
                        : state === LagState.UNKNOWN
                          ? "unknown"
                          : "moving"}
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
        )}
        {!valley.isAdmin && (
          <p className="empty">
            Lag and dead letters are for admins: open the address that npm start printed.
          </p>
        )}
      </div>
    </section>
  );
}
