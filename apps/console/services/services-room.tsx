import { FleetService, type SubscriptionLag } from "@orrery/schema/bus/v1";
import { EdgeService, type ServiceHealth } from "@orrery/schema/router/v1";
import { useEffect, useState } from "react";
import type { Valley } from "../data/valley.ts";
import { LagTable } from "./lag-table.tsx";
import { failedOf, ServiceCard } from "./service-card.tsx";
import { SessionTable } from "./session-table.tsx";
import { createTrends, serviceOf } from "./trend.ts";

const EVERY_MS = 2_000;
/** Five minutes of looks. */
const trends = createTrends(150);

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
        trends.take(lag?.lags ?? []);
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
            <ServiceCard
              key={service.serviceId}
              service={service}
              samples={trends.of(service.serviceId)}
              letters={lettersOf(service.serviceId, lags)}
            />
          ))}
        </div>
        {valley.isAdmin && (
          <>
            <SessionTable valley={valley} />
            <h2>Subscriptions</h2>
            <LagTable lags={lags} />
          </>
        )}
        {!valley.isAdmin && (
          <p className="empty">
            Lag, dead letters and sessions are for admins: open the address that npm start printed.
          </p>
        )}
      </div>
    </section>
  );
}

const lettersOf = (serviceId: string, lags: readonly SubscriptionLag[]) =>
  lags
    .filter(({ subscription }) => serviceOf(subscription) === serviceId)
    .reduce((sum, { deadLetters }) => sum + deadLetters, 0);
