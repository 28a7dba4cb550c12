import type { Land, Pack } from "@orrery/schema/world/v1";
import { isAwake } from "../data/people.ts";
import type { Valley } from "../data/valley.ts";
import { type Camera, clamp, fit, toKm, toX, toY } from "./camera.ts";
import { drawChart, drawField, drawWind, priceColour, temperatureColour } from "./draw-chart.ts";
import { drawControl } from "./draw-control.ts";
import { drawClosed, stretchesOf } from "./draw-closed.ts";
import { drawBorders, drawLights, drawRoads, drawWater, lampsAt } from "./draw-land.ts";
import { drawPeople, drawWho, nearestTo } from "./draw-people.ts";
import { createSky } from "./draw-sky.ts";
import { emptyFields, updateFields } from "./fields.ts";
import { heightsOf } from "./height.ts";
import type { Rect } from "./labels.ts";
import { createNames } from "./names.ts";
import { inside, readAt, regionGrid } from "./regions.ts";
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
  /** Where the hand is over the map, pixels. */
  hand: readonly [x: number, y: number] | undefined;
  /** A moment of the past; undefined: now. */
  atGs: number | undefined;
  still: boolean;
  /** What lies over the map, where no name may stand; a new list when it has changed. */
  covered: readonly Rect[];
}

export interface Scene {
  readonly camera: Camera;
  resize(width: number, height: number, ratio: number): void;
  draw(nowMs: number): void;
  regionAt(x: number, y: number): string | undefined;
  moved(): void;
}

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
  const drawNames = createNames(land);
  const stretches = stretchesOf(land);
  const relief = new OffscreenCanvas(heights.cols, heights.rows);
  const reliefCtx = relief.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const reliefImage = reliefCtx.createImageData(heights.cols, heights.rows);
  const camera: Camera = { scale: 1, x: 0, y: 0, width: 1, height: 1 };
  let painted: { light: Light; revision: number } | undefined;
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
    camera,
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
    moved: () => clamp(camera, land.widthKm, land.heightKm),
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
      // At night a low cold light from the north-west stands in, so that the land keeps its shape.
      const lamp =
        light.elevationDeg > -4 ? light : { elevationDeg: Math.min(light.elevationDeg, -4), azimuthDeg: 315 };
      const day = Math.min(1, Math.max(0, (light.elevationDeg + 6) / 16));
      relight(lamp);
      if (!choice.still) sky.step(seconds);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.imageSmoothingEnabled = true;
      ctx.imageSmoothingQuality = "high";
      ctx.drawImage(
        relief,
        toX(camera, 0),
        toY(camera, 0),
        land.widthKm * camera.scale,
        land.heightKm * camera.scale,
      );
      drawWater(ctx, camera, land, day, (x, y) => readAt(grid, fields.river, x, y));
      if (choice.layers.has("roads")) drawRoads(ctx, camera, land);
      if (choice.layers.has("prices")) {
        drawField(ctx, camera, grid, land.widthKm, land.heightKm, (cell) => [
          ...priceColour(fields.dearness[cell] as number),
          130,
        ]);
      }
      // Of a moment of the past the page does not know whose the land was.
      if (choice.layers.has("control") && choice.atGs === undefined)
        drawControl(ctx, camera, land, valley.powers);
      if (choice.layers.has("temperature")) {
        drawField(ctx, camera, grid, land.widthKm, land.heightKm, (cell) => [
          ...temperatureColour(fields.temperature[cell] as number),
          150,
        ]);
      }
      if (choice.layers.has("ground")) {
        drawField(ctx, camera, grid, land.widthKm, land.heightKm, (cell) => [
          66,
          128,
          168,
          190 * Math.min(1, fields.wetness[cell] as number),
        ]);
      }
      if (choice.layers.has("weather")) {
        sky.drawFog(ctx, camera, day);
        sky.drawClouds(ctx, camera, day);
      }
      const dark = 1 - day;
      if (dark > 0) {
        ctx.fillStyle = `rgba(9,12,26,${0.34 * dark})`;
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
      if (choice.layers.has("wind")) drawWind(ctx, camera, grid, fields, land.widthKm, land.heightKm);
      const chart = valley.chart.get();
      if (choice.layers.has("chart") && chart !== undefined) drawChart(ctx, camera, chart, atGs);
      drawBorders(ctx, camera, land, choice.selected, choice.hovered);
      // Of a moment of the past the page does not know which were.
      if (choice.layers.has("roads") && choice.atGs === undefined)
        drawClosed(ctx, camera, stretches, valley.markets.closed);
      if (choice.layers.has("names")) drawNames(ctx, camera, dark, choice.covered);
      // Of a moment of the past the page does not know who was where.
      if (!choice.layers.has("people") || choice.atGs !== undefined) return;
      const drawn = drawPeople(ctx, camera, valley.people.all.values(), atGs, dark);
      const under = choice.hand === undefined ? undefined : nearestTo(drawn, ...choice.hand);
      if (under !== undefined) drawWho(ctx, under, valley.nameOf);
    },
  };
}
