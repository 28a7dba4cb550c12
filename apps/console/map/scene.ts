import type { Land, Pack } from "@orrery/schema/world/v1";
import { isAwake } from "../data/people.ts";
import type { Valley } from "../data/valley.ts";
import { type Camera, clamp, endsOf, fit, toKm, toX, toY, type ZoomEnds, zoomAt } from "./camera.ts";
import { drawChart } from "./draw-chart.ts";
import { stretchesOf } from "./draw-closed.ts";
import { drawGround } from "./draw-ground.ts";
import { drawLights, lampsAt } from "./draw-land.ts";
import { drawOverlay } from "./draw-overlay.ts";
import { drawPeople, drawWho, nearestTo } from "./draw-people.ts";
import { createSky } from "./draw-sky.ts";
import { emptyFields, updateFields } from "./fields.ts";
import { heightsOf } from "./height.ts";
import { createKept } from "./kept.ts";
import type { Rect } from "./labels.ts";
import { dayUnder, lightUnder, nightVeil } from "./night.ts";
import { inside, regionGrid } from "./regions.ts";
import { albedo, type Light, paint } from "./relief.ts";
import { dayOfYearAt, sunAt } from "./sun.ts";

export type Layer =
  | "weather"
  | "temperature"
  | "wind"
  | "ground"
  | "chart"
  | "roads"
  | "prices"
  | "control"
  | "people"
  | "names";

/** What the reader chose to see. */
export interface Choice {
  layers: ReadonlySet<Layer>;
  selected: string | undefined;
  hovered: string | undefined;
  /** Where the keyboard is. */
  focused: string | undefined;
  /** Where the hand is over the map, pixels. */
  hand: readonly [x: number, y: number] | undefined;
  /** A moment of the past; undefined: now. */
  atGs: number | undefined;
  still: boolean;
  /** What lies over the map, where no name may stand. */
  covered: readonly Rect[];
}

export interface Scene {
  resize(width: number, height: number, ratio: number): void;
  draw(nowMs: number): void;
  regionAt(x: number, y: number): string | undefined;
  /** Pixels. */
  panBy(dx: number, dy: number): void;
  /** @returns whether it goes on from here */
  zoomAt(x: number, y: number, factor: number): ZoomEnds;
  /** Brings a place to where it can be seen, km. */
  show(xKm: number, yKm: number): void;
}

/** Dusk comes in so many steps: what is kept is drawn anew at each. */
const STEPS = 24;
const step = (share: number) => Math.round(share * STEPS) / STEPS;

/** What lies nearer to the edge is hardly seen. */
const EDGE_PX = 48;

/** The sun moves this far before the relief is painted anew, degrees. */
const RELIGHT_DEG = 1.2;

export function createScene(canvas: HTMLCanvasElement, valley: Valley, pack: Pack, choice: Choice): Scene {
  const ctx = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
  const land = pack.land as Land;
  const calendar = pack.calendar;
  const heights = heightsOf(land);
  const grid = regionGrid(land);
  const colours = albedo(heights, grid);
  const fields = emptyFields(grid);
  const heightAt = (x: number, y: number) => {
    const col = Math.min(heights.cols - 1, Math.max(0, Math.round(x * heights.perKm)));
    const row = Math.min(heights.rows - 1, Math.max(0, Math.round(y * heights.perKm)));
    return heights.metres[row * heights.cols + col] as number;
  };
  const sky = createSky(grid, fields, land.widthKm, land.heightKm, heightAt);
  const [ground, overlay] = [createKept(), createKept()];
  const stretches = stretchesOf(land);
  const relief = new OffscreenCanvas(heights.cols, heights.rows);
  const reliefCtx = relief.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const reliefImage = reliefCtx.createImageData(heights.cols, heights.rows);
  const camera: Camera = { scale: 1, x: 0, y: 0, width: 1, height: 1 };
  let painted: { light: Light; revision: number } | undefined;
  let paintings = 0;
  let fieldsAt = -1;
  let lastMs = 0;
  let ratio = 1;
  let fitted = false;

  function relight(light: Light): void {
    const revision = valley.revision.get();
    if (fieldsAt !== revision) {
      updateFields(grid, land.regions, valley, fields);
      fieldsAt = revision;
    }
    const turned =
      painted === undefined ||
      Math.abs(painted.light.elevationDeg - light.elevationDeg) > RELIGHT_DEG ||
      Math.abs(painted.light.azimuthDeg - light.azimuthDeg) > RELIGHT_DEG * 2;
    if (!turned && painted?.revision === revision) return;
    if (!turned && painted !== undefined && revision - painted.revision < 8) return;
    paint(heights, colours, light, grid, fields.snowMm, reliefImage);
    reliefCtx.putImageData(reliefImage, 0, 0);
    painted = { light, revision };
    paintings += 1;
  }

  const settlements = new Map(land.places.map(({ id, within }) => [id, within === "" ? id : within]));
  /** Windows are lit by those who are awake behind them; where nobody is known to live, by the hour. */
  function litNow(hour: number): (settlement: string) => number {
    const there = new Map<string, { awake: number; all: number }>();
    for (const someone of valley.people.all.values()) {
      const settlement = settlements.get(someone.placeId);
      if (settlement === undefined) continue;
      const tally = there.get(settlement) ?? { awake: 0, all: 0 };
      tally.all += 1;
      if (isAwake(someone)) tally.awake += 1;
      there.set(settlement, tally);
    }
    return (settlement) => {
      const tally = there.get(settlement);
      return tally === undefined ? lampsAt(hour) : tally.awake / tally.all;
    };
  }

  return {
    resize(width, height, pixelRatio) {
      ratio = pixelRatio;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      camera.width = width;
      camera.height = height;
      if (!fitted) fit(camera, land.widthKm, land.heightKm);
      fitted = true;
      clamp(camera, land.widthKm, land.heightKm);
    },
    panBy(dx, dy) {
      camera.x -= dx / camera.scale;
      camera.y -= dy / camera.scale;
      clamp(camera, land.widthKm, land.heightKm);
    },
    zoomAt(x, y, factor) {
      zoomAt(camera, x, y, factor, land.widthKm, land.heightKm);
      return endsOf(camera, land.widthKm, land.heightKm);
    },
    show(xKm, yKm) {
      const [x, y] = [toX(camera, xKm), toY(camera, yKm)];
      if (x > EDGE_PX && y > EDGE_PX && x < camera.width - EDGE_PX && y < camera.height - EDGE_PX) return;
      [camera.x, camera.y] = [xKm, yKm];
      clamp(camera, land.widthKm, land.heightKm);
    },
    regionAt(x, y) {
      const [xKm, yKm] = toKm(camera, x, y);
      return land.regions.find(({ outline }) => inside(outline, xKm, yKm))?.id;
    },
    draw(nowMs) {
      const seconds = Math.min(0.1, (nowMs - lastMs) / 1000);
      lastMs = nowMs;
      const live = valley.world.clock.nowGs();
      const atGs = choice.atGs ?? (Number.isFinite(live) ? live : 0);
      const light =
        calendar === undefined
          ? { elevationDeg: 40, azimuthDeg: 180 }
          : sunAt(calendar, dayOfYearAt(calendar, atGs), atGs);
      const day = dayUnder(light.elevationDeg);
      const dark = 1 - day;
      const revision = valley.revision.get();
      const layers = [...choice.layers].join();
      relight(lightUnder(light));
      if (!choice.still) sky.step(seconds);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ground.put(
        ctx,
        camera,
        ratio,
        `${paintings} ${step(day)} ${revision} ${layers} ${choice.atGs}`,
        (pen) =>
          drawGround(pen, camera, {
            land,
            grid,
            fields,
            relief,
            powers: valley.powers,
            choice,
            day: step(day),
          }),
      );
      if (choice.layers.has("weather")) {
        sky.drawFog(ctx, camera, day);
        sky.drawClouds(ctx, camera, day);
      }
      if (dark > 0) {
        ctx.fillStyle = nightVeil(dark);
        ctx.fillRect(0, 0, camera.width, camera.height);
        const hour = (((atGs % 86_400) + 86_400) % 86_400) / 3_600;
        drawLights(
          ctx,
          camera,
          land.places,
          dark,
          choice.atGs === undefined ? litNow(hour) : () => lampsAt(hour),
        );
      }
      if (choice.layers.has("weather")) {
        sky.drawFalling(ctx, camera, day);
        if (sky.flash.light > 0.02) {
          const [x, y] = [toX(camera, sky.flash.x), toY(camera, sky.flash.y)];
          const bolt = ctx.createRadialGradient(x, y, 0, x, y, camera.scale * 14);
          bolt.addColorStop(0, `rgba(236,240,255,${0.62 * sky.flash.light})`);
          bolt.addColorStop(1, "rgba(220,228,255,0)");
          ctx.fillStyle = bolt;
          ctx.fillRect(0, 0, camera.width, camera.height);
        }
      }
      const chart = valley.chart.get();
      if (choice.layers.has("chart") && chart !== undefined) drawChart(ctx, camera, chart, atGs);
      const { selected, hovered, focused, covered, atGs: past } = choice;
      const panels = covered
        .map(({ left, top, right, bottom }) => `${left},${top},${right},${bottom}`)
        .join();
      // Letters come out in another hand until their fonts are there.
      const key = [
        revision,
        layers,
        past,
        selected,
        hovered,
        focused,
        panels,
        step(dark),
        document.fonts.status,
      ].join(" ");
      overlay.put(ctx, camera, ratio, key, (pen) =>
        drawOverlay(pen, camera, { land, grid, fields, stretches, valley, choice, dark: step(dark) }),
      );
      // Of a moment of the past the page does not know who was where.
      if (!choice.layers.has("people") || choice.atGs !== undefined) return;
      const drawn = drawPeople(ctx, camera, valley.people.all.values(), atGs, dark);
      const under = choice.hand === undefined ? undefined : nearestTo(drawn, ...choice.hand);
      if (under !== undefined) drawWho(ctx, under, valley.nameOf);
    },
  };
}
