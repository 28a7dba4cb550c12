import { Condition } from "@orrery/schema/weather/v1";
import { Biome } from "@orrery/schema/world/v1";
import { useEffect, useState } from "react";
import { go } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { alertWords } from "../data/warnings.ts";
import { capital, word } from "../data/words.ts";
import { ForecastFan } from "./forecast-fan.tsx";
import { type Outlook, readOutlook } from "./outlook.ts";
import { groundFacts, skyFacts } from "./region-facts.ts";

/** What one region is like, what comes, and what then came. */
export function RegionCard(props: {
  readonly valley: Valley;
  readonly regionId: string;
  /** The moment that is looked at; undefined: now. */
  readonly atGs: number | undefined;
}) {
  const { valley, regionId } = props;
  useObservable(valley.revision);
  const [outlook, setOutlook] = useState<Outlook>();
  const [problem, setProblem] = useState<string>();
  const region = valley.pack.get()?.land?.regions.find(({ id }) => id === regionId);
  const sky = valley.weather.get(regionId);
  const ground = valley.ground.get(regionId);
  const liveGs = valley.world.clock.nowGs();
  const hour = Math.floor((props.atGs ?? liveGs) / 3_600);

  useEffect(() => {
    let stale = false;
    readOutlook(valley, regionId, hour * 3_600, props.atGs !== undefined).then(
      (read) => {
        if (stale) return;
        setOutlook(read);
        setProblem(undefined);
      },
      (error: unknown) => stale || setProblem(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      stale = true;
    };
  }, [valley, regionId, hour, props.atGs]);

  if (region === undefined) {
    return (
      <aside className="card short">
        <p className="empty">No region is called {regionId} here.</p>
      </aside>
    );
  }
  const alerts = [...valley.alerts.values()].filter((alert) => alert.regionId === regionId);
  const facts = [...skyFacts(sky), ...groundFacts(ground)];

  return (
    <aside className="card" aria-label={region.name}>
      <header>
        <div>
          <h2>{region.name}</h2>
          <span className="soft">
            {capital(word(Biome, region.biome))}, {region.elevationM.toFixed(0)} m
          </span>
        </div>
        <button type="button" className="close" aria-label="Close" onClick={() => go({ region: undefined })}>
          ✕
        </button>
      </header>
      <div className="big">
        <b>{sky === undefined ? "–" : `${sky.temperatureC.toFixed(0)}°`}</b>
        <span>{sky === undefined ? "no report yet" : capital(word(Condition, sky.condition))}</span>
      </div>
      {alerts.map((alert) => (
        <div key={alert.kind} className="alert">
          {alertWords(alert)}
        </div>
      ))}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <section>
        <h3>
          {props.atGs === undefined ? "A day back, two days ahead" : "What came, and what was expected"}
        </h3>
        {problem !== undefined && <p className="soft">No forecast: {problem}</p>}
        {outlook !== undefined && <ForecastFan outlook={outlook} atGs={props.atGs ?? liveGs} />}
      </section>
      <button type="button" className="chip" onClick={() => go({ room: "stream", filter: regionId })}>
        What happened here
      </button>
    </aside>
  );
}
