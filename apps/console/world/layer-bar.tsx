import { useState } from "react";
import { DEFAULT_LAYERS, go, usePlace } from "../data/link.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";
import type { Layer } from "../map/choice.ts";
import { Legend } from "./legend/legend.tsx";

const LAYERS: readonly Layer[] = [
  "weather",
  "chart",
  "temperature",
  "wind",
  "ground",
  "roads",
  "prices",
  "control",
  "people",
  "names",
];

/** What the map shows, and what its signs mean. */
export function LayerBar({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const [wanted, setWanted] = useState<boolean>();
  const shown = LAYERS.filter((layer) => place.layers.includes(layer));
  // What everybody finds on a map explains itself; a phone has no room to spare.
  const isPlain = shown.every((layer) => DEFAULT_LAYERS.includes(layer));
  const open = wanted ?? (!isPlain && matchMedia("(min-width: 760px)").matches);
  const toggle = (layer: Layer) => {
    const layers = place.layers.includes(layer)
      ? place.layers.filter((other) => other !== layer)
      : [...place.layers, layer];
    go({ layers: layers.length > 0 ? layers : DEFAULT_LAYERS }, true);
  };
  return (
    <>
      {open && <Legend valley={valley} layers={shown} />}
      <div className="layers" role="group" aria-label="Layers">
        <button type="button" className="chip key" aria-expanded={open} onClick={() => setWanted(!open)}>
          Legend
        </button>
        {LAYERS.map((layer) => (
          <button
            key={layer}
            type="button"
            className="chip"
            aria-pressed={place.layers.includes(layer)}
            onClick={() => toggle(layer)}
          >
            {capital(layer)}
          </button>
        ))}
      </div>
    </>
  );
}
