import { useEffect, useRef, useState } from "react";
import { DEFAULT_LAYERS, go, usePlace } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import { capital, wallClock } from "../data/words.ts";
import { type Choice, createScene, type Layer } from "../map/scene.ts";
import { toKm } from "../map/camera.ts";
import type { Rect } from "../map/labels.ts";
import { ControlLegend } from "./control-legend.tsx";
import { HappeningPanel } from "./happening-panel.tsx";
import { RegionCard } from "./region-card.tsx";

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
/** Enough for rain, and a quarter of a phone's core at the most. */
const FRAME_MS = 1000 / 30;
const STILL_FRAME_MS = 1000;

const panelsOver = (canvas: HTMLElement) =>
  canvas.parentElement?.querySelectorAll<HTMLElement>(".title, .layers, .legend, .happening") ?? [];

/** Where panels lie over the map. */
function coveredOf(canvas: HTMLElement): readonly Rect[] {
  const { left, top } = canvas.getBoundingClientRect();
  return [...panelsOver(canvas)].map((panel) => {
    const rect = panel.getBoundingClientRect();
    return {
      left: rect.left - left,
      right: rect.right - left,
      top: rect.top - top,
      bottom: rect.bottom - top,
    };
  });
}

/** The valley itself. */
export function WorldRoom({ valley }: { readonly valley: Valley }) {
  const place = usePlace();
  const pack = useObservable(valley.pack);
  const status = useObservable(valley.status);
  const past = useObservable(valley.past);
  const canvas = useRef<HTMLCanvasElement>(null);
  const choice = useRef<Choice>({
    layers: new Set(),
    selected: undefined,
    hovered: undefined,
    hand: undefined,
    atGs: undefined,
    still: false,
    covered: [],
  });
  const [failed, setFailed] = useState<string>();
  choice.current.layers = new Set(place.layers as Layer[]);
  choice.current.selected = place.region;
  choice.current.atGs = place.at;

  useEffect(() => valley.lookAt(place.at), [valley, place.at]);
  useEffect(() => {
    const target = canvas.current;
    if (target === null || pack?.land === undefined) return;
    const quiet = matchMedia("(prefers-reduced-motion: reduce)");
    const scene = createScene(target, valley, pack, choice.current);
    const resize = () => {
      scene.resize(target.clientWidth, target.clientHeight, Math.min(2, devicePixelRatio));
      choice.current.covered = coveredOf(target);
    };
    const watcher = new ResizeObserver(resize);
    watcher.observe(target);
    for (const panel of panelsOver(target)) watcher.observe(panel);
    resize();

    let lastMs = 0;
    let frame = 0;
    const loop = (nowMs: number) => {
      frame = requestAnimationFrame(loop);
      choice.current.still = quiet.matches || choice.current.atGs !== undefined;
      if (document.hidden || nowMs - lastMs < (quiet.matches ? STILL_FRAME_MS : FRAME_MS) - 4) return;
      lastMs = nowMs;
      try {
        scene.draw(nowMs);
      } catch (error) {
        cancelAnimationFrame(frame);
        setFailed(error instanceof Error ? error.message : String(error));
      }
    };
    frame = requestAnimationFrame(loop);

    let drag: { x: number; y: number; moved: boolean } | undefined;
    const onDown = (event: PointerEvent) => {
      target.setPointerCapture(event.pointerId);
      drag = { x: event.offsetX, y: event.offsetY, moved: false };
    };
    const onMove = (event: PointerEvent) => {
      if (drag !== undefined) {
        scene.camera.x -= (event.offsetX - drag.x) / scene.camera.scale;
        scene.camera.y -= (event.offsetY - drag.y) / scene.camera.scale;
        drag = {
          x: event.offsetX,
          y: event.offsetY,
          moved: drag.moved || Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) > 2,
        };
        scene.moved();
      }
      choice.current.hovered = scene.regionAt(event.offsetX, event.offsetY);
      choice.current.hand = [event.offsetX, event.offsetY];
    };
    const onUp = (event: PointerEvent) => {
      if (drag !== undefined && !drag.moved) go({ region: scene.regionAt(event.offsetX, event.offsetY) });
      drag = undefined;
    };
    const onLeave = () => {
      choice.current.hovered = undefined;
      choice.current.hand = undefined;
    };
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const [xKm, yKm] = toKm(scene.camera, event.offsetX, event.offsetY);
      scene.camera.scale *= Math.exp(-event.deltaY * 0.0015);
      scene.moved();
      scene.camera.x = xKm - (event.offsetX - scene.camera.width / 2) / scene.camera.scale;
      scene.camera.y = yKm - (event.offsetY - scene.camera.height / 2) / scene.camera.scale;
      scene.moved();
    };
    target.addEventListener("pointerdown", onDown);
    target.addEventListener("pointermove", onMove);
    target.addEventListener("pointerup", onUp);
    target.addEventListener("pointerleave", onLeave);
    target.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      cancelAnimationFrame(frame);
      watcher.disconnect();
      target.removeEventListener("pointerdown", onDown);
      target.removeEventListener("pointermove", onMove);
      target.removeEventListener("pointerup", onUp);
      target.removeEventListener("pointerleave", onLeave);
      target.removeEventListener("wheel", onWheel);
    };
  }, [valley, pack]);

  const toggle = (layer: Layer) => {
    const layers = place.layers.includes(layer)
      ? place.layers.filter((other) => other !== layer)
      : [...place.layers, layer];
    go({ layers: layers.length > 0 ? layers : DEFAULT_LAYERS }, true);
  };
  const lost = status.state !== "open";

  return (
    <div className={lost ? "world stale" : "world"}>
      <canvas ref={canvas} role="img" aria-label={`Map of ${pack?.title ?? "the world"}`} />
      {pack !== undefined && (
        <div className="title">
          <h1>{pack.title}</h1>
          <p>{pack.summary}</p>
        </div>
      )}
      {failed !== undefined && (
        <p className="notice">The map could not be drawn: {failed}. Reload the page to try again.</p>
      )}
      {place.at !== undefined && past.state !== "shown" && (
        <p className="notice" role="status">
          {past.state === "refused"
            ? `Only the light is of the past, the weather is today's. ${past.why}`
            : "Reading the journal…"}
        </p>
      )}
      {lost && (
        <p className="notice">
          No word from the world since {wallClock(status.sinceMs)}. It comes back by itself.
        </p>
      )}
      <nav className="by-key" aria-label="Regions of the map">
        {pack?.land?.regions.map(({ id, name }) => (
          <button
            key={id}
            type="button"
            className="chip"
            aria-pressed={place.region === id}
            onClick={() => go({ region: id })}
          >
            {name}
          </button>
        ))}
      </nav>
      <div className="layers" role="group" aria-label="Layers">
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
      {place.layers.includes("control") && place.at === undefined && <ControlLegend valley={valley} />}
      {place.region === undefined && place.at === undefined && <HappeningPanel valley={valley} />}
      {place.region !== undefined && (
        <RegionCard key={place.region} valley={valley} regionId={place.region} atGs={place.at} />
      )}
    </div>
  );
}
