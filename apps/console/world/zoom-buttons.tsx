import type { LiveMap } from "./use-map.ts";

const STEP = 1.6;

/** For those who have no wheel, or one hand. */
export function ZoomButtons({ map }: { readonly map: LiveMap }) {
  return (
    <div className="zoom" role="group" aria-label="Zoom">
      <button
        type="button"
        aria-label="Nearer"
        aria-disabled={map.ends.nearest}
        onClick={() => map.zoom(STEP)}
      >
        +
      </button>
      <button
        type="button"
        aria-label="Further back"
        aria-disabled={map.ends.whole}
        onClick={() => map.zoom(1 / STEP)}
      >
        −
      </button>
    </div>
  );
}
