import type { Land, Pack } from "@orrery/schema/world/v1";
import { REPAINT } from "../data/repaint.ts";
import type { Valley } from "../data/valley.ts";
import { type Camera, clamp, endsOf, fit, toKm, toX, toY, type ZoomEnds, zoomAt } from "./camera.ts";
import type { Choice } from "./choice.ts";
import { drawChart } from "./draw-chart.ts";
import { stretchesOf } from "./draw-closed.ts";
import { drawGround } from "./draw-ground.ts";
import { drawLights, lampsAt } from "./draw-lights.ts";
import { drawOverlay } from "./draw-overlay.ts";
import { drawPeople, drawWho, nearestTo } from "./draw-people.ts";
import { createSky } from "./draw-sky.ts";
import { emptyFields, updateFields } from "./fields.ts";
import { heightsOf } from "./height.ts";
import { createKept } from "./kept.ts";
import { litBy } from "./lit.ts";
import { dayUnder, lightUnder, nightVeil } from "./night.ts";
import { inside, regionGrid } from "./regions.ts";
import { createReliefSheet } from "./relief-sheet.ts";
import { dayOfYearAt, sunAt } from "./sun.ts";

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

/** What changes a thousand times a second is taken up this often; another moment of the past at once. */
const TAKE_UP_MS = 500;

export function createScene(canvas: HTMLCanvasElement, valley: Valley, pack: Pack, choice: Choice): Scene {
  const ctx = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
  const land = pack.land as Land;
  const calendar = pack.calendar;
  const heights = heightsOf(land);
  const grid = regionGrid(land);
  const fields = emptyFields(grid);
  const heightAt = (x: number, y: number) => {
    const col = Math.min(heights.cols - 1, Math.max(0, Math.round(x * heights.perKm)));
    const row = Math.min(heights.rows - 1, Math.max(0, Math.round(y * heights.perKm)));
    return heights.metres[row * heights.cols + col] as number;
  };
  const sky = createSky(grid, fields, land.widthKm, land.heightKm, heightAt);
  const [ground, overlay] = [createKept(), createKept()];
  const stretches = stretchesOf(land);
  const relief = createReliefSheet(heights, grid);
  const litNow = litBy(valley.people, land);
  const camera: Camera = { scale: 1, x: 0, y: 0, width: 1, height: 1 };
  let taken = { revision: Number.NEGATIVE_INFINITY, atMs: 0 };
  let lastMs = 0;
  let ratio = 1;
  let fitted = false;

  /** @returns which state of the world the frame shows */
  function takeUp(nowMs: number): number {
    const revision = valley.revision.get();
    const jumps = revision - taken.revision >= REPAINT;
    if (revision === taken.revision || (!jumps && nowMs - taken.atMs < TAKE_UP_MS)) return taken.revision;
    updateFields(grid, land.regions, valley, fields);
    taken = { revision, atMs: nowMs };
    return revision;
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
      const revision = takeUp(nowMs);
      const layers = [...choice.layers].join();
      relief.light(lightUnder(light), revision, fields.snowMm);
      if (!choice.still) sky.step(seconds);
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ground.put(
        ctx,
        camera,
        ratio,
        `${relief.paintings} ${step(day)} ${revision} ${layers} ${choice.atGs}`,
        (pen) =>
          drawGround(pen, camera, {
            land,
            grid,
            fields,
            relief: relief.sheet,
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
        sky.drawFlash(ctx, camera);
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
