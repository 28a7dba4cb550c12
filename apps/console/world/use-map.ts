import { type RefObject, useEffect, useRef, useState } from "react";
import { go, type Place } from "../data/link.ts";
import { useObservable } from "../data/observable.ts";
import type { Valley } from "../data/valley.ts";
import type { ZoomEnds } from "../map/camera.ts";
import { listen } from "../map/gestures.ts";
import type { Choice, Layer } from "../map/choice.ts";
import { createScene, type Scene } from "../map/scene.ts";
import { coveredOf, panelsOver } from "./panels.ts";

/** Enough for rain, and a quarter of a phone's core at the most. */
const FRAME_MS = 1000 / 30;
const STILL_FRAME_MS = 1000;

/** The map on its canvas, and what can be done with it from outside. */
export interface LiveMap {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  /** Why it cannot be drawn. */
  readonly failed: string | undefined;
  readonly ends: ZoomEnds;
  /** About the middle. */
  zoom(factor: number): void;
  /** Marks the region that the keyboard has come to, and brings it into view. */
  focus(regionId: string | undefined): void;
}

export function useMap(valley: Valley, place: Place): LiveMap {
  const pack = useObservable(valley.pack);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<Scene>(undefined);
  const choice = useRef<Choice>({
    layers: new Set(),
    selected: undefined,
    hovered: undefined,
    focused: undefined,
    hand: undefined,
    atGs: undefined,
    still: false,
    covered: [],
  });
  const [failed, setFailed] = useState<string>();
  const [ends, setEnds] = useState<ZoomEnds>({ whole: true, nearest: false });
  choice.current.layers = new Set(place.layers as Layer[]);
  choice.current.selected = place.region;
  choice.current.atGs = place.at;

  function zoomAt(x: number, y: number, factor: number): void {
    const now = scene.current?.zoomAt(x, y, factor);
    if (now === undefined) return;
    setEnds((before) => (before.whole === now.whole && before.nearest === now.nearest ? before : now));
  }

  useEffect(() => {
    if (canvas.current !== null) choice.current.covered = coveredOf(canvas.current);
  });

  useEffect(() => {
    const target = canvas.current;
    if (target === null || pack?.land === undefined) return;
    const quiet = matchMedia("(prefers-reduced-motion: reduce)");
    const drawn = createScene(target, valley, pack, choice.current);
    scene.current = drawn;
    const resize = () => {
      drawn.resize(target.clientWidth, target.clientHeight, Math.min(2, devicePixelRatio));
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
        drawn.draw(nowMs);
      } catch (error) {
        cancelAnimationFrame(frame);
        setFailed(error instanceof Error ? error.message : String(error));
      }
    };
    frame = requestAnimationFrame(loop);
    const letGo = listen(target, {
      pan: drawn.panBy,
      zoom: zoomAt,
      choose: (x, y) => go({ region: drawn.regionAt(x, y) }),
      point(at) {
        choice.current.hovered = at && drawn.regionAt(...at);
        choice.current.hand = at;
      },
    });
    return () => {
      cancelAnimationFrame(frame);
      watcher.disconnect();
      letGo();
    };
  }, [valley, pack]);

  return {
    canvas,
    failed,
    ends,
    zoom(factor) {
      if (canvas.current !== null)
        zoomAt(canvas.current.clientWidth / 2, canvas.current.clientHeight / 2, factor);
    },
    focus(regionId) {
      choice.current.focused = regionId;
      const region = pack?.land?.regions.find(({ id }) => id === regionId);
      if (region !== undefined) scene.current?.show(region.xKm, region.yKm);
    },
  };
}
