import type { Valley } from "../../data/valley.ts";
import { capital } from "../../data/words.ts";
import type { Layer } from "../../map/choice.ts";
import { itemsOf } from "./items.tsx";

/** What the signs and colours of the layers mean that are on. */
export function Legend({ valley, layers }: { readonly valley: Valley; readonly layers: readonly Layer[] }) {
  return (
    <section className="legend" aria-label="Legend" tabIndex={0}>
      {layers.map((layer) => (
        <div key={layer}>
          <h3>{capital(layer)}</h3>
          <ul aria-label={layer === "control" ? "Whose the land is" : `Signs of ${layer}`}>
            {itemsOf(layer, layers, valley)}
          </ul>
        </div>
      ))}
    </section>
  );
}
