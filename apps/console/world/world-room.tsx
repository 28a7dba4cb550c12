import { useEffect } from "react";
import { usePlace } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import { statusWords } from "../data/status-words.ts";
import type { Valley } from "../data/valley.ts";

import { HappeningPanel } from "./happening-panel.tsx";
import { LayerBar } from "./layer-bar.tsx";
import { RegionCard } from "./region-card.tsx";
import { RegionList } from "./region-list.tsx";
import { useMap } from "./use-map.ts";
import { ZoomButtons } from "./zoom-buttons.tsx";

/** The valley itself. */
export function WorldRoom({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const pack = useObservable(valley.pack);
  const status = useObservable(valley.status);
  const past = useObservable(valley.past);
  const map = useMap(valley, place);
  useEffect(() => valley.lookAt(place.at), [valley, place.at]);
  const lost = status.state !== "open";

  return (
    <div className={lost ? "world stale" : "world"}>
      <canvas ref={map.canvas} role="img" aria-label={`Map of ${pack?.title ?? "the world"}`} />
      {pack !== undefined && (
        <div className="title">
          <h1>{pack.title}</h1>
          <p>{pack.summary}</p>
        </div>
      )}
      {map.failed !== undefined && (
        <p className="notice">The map could not be drawn: {map.failed}. Reload the page to try again.</p>
      )}
      {place.at !== undefined && past.state !== "shown" && (
        <p className="notice" role="status">
          {past.state === "refused"
            ? `Only the light is of the past, the weather is today's. ${past.why}`
            : "Reading the journal…"}
        </p>
      )}
      {lost && <p className="notice">{statusWords(status)}</p>}
      <RegionList valley={valley} onFocus={map.focus} />
      <LayerBar valley={valley} />
      <ZoomButtons map={map} />
      {place.region === undefined && place.at === undefined && <HappeningPanel valley={valley} />}
      {place.region !== undefined && (
        <RegionCard key={place.region} valley={valley} regionId={place.region} atGs={place.at} />
      )}
    </div>
  );
}
