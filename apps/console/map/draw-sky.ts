import { type Camera, toX, toY } from "./camera.ts";
import { createFalling, thickness } from "./falling.ts";
import type { Fields } from "./fields.ts";
import { fractal } from "./noise.ts";
import { type RegionGrid, readAt } from "./regions.ts";

type Ctx = CanvasRenderingContext2D;

const CLOUD_COLS = 150;
const CLOUD_ROWS = 100;
/** How fast drawn things move for what the wind says, km a second per km/h: weather a guest can see go by. */
const DRIFT = 0.006;

/** What falls and floats over the land. Positions are kept from frame to frame; everything else follows the fields. */
export interface Sky {
  step(seconds: number): void;
  drawClouds(ctx: Ctx, camera: Camera, day: number): void;
  drawFog(ctx: Ctx, camera: Camera, day: number): void;
  drawFalling(ctx: Ctx, camera: Camera, day: number): void;
  drawFlash(ctx: Ctx, camera: Camera): void;
}

export function createSky(
  grid: RegionGrid,
  fields: Fields,
  widthKm: number,
  heightKm: number,
  heightAt: (x: number, y: number) => number,
): Sky {
  const [clouds, shadow, fog] = [softPicture(), softPicture(), softPicture()];
  const fall = createFalling();
  let [driftX, driftY, age, painted] = [0, 0, 0, -1];
  /** Brightness of lightning right now, 0..1, and where. */
  let flash = { light: 0, x: 0, y: 0 };

  /** Cloud and fog as soft textures, painted a few times a second: they are far away. */
  function paintTextures(): void {
    if (age - painted < 0.15) return;
    painted = age;
    for (let row = 0; row < CLOUD_ROWS; row++) {
      for (let col = 0; col < CLOUD_COLS; col++) {
        const [x, y] = [(col / CLOUD_COLS) * widthKm, (row / CLOUD_ROWS) * heightKm];
        const at = (row * CLOUD_COLS + col) * 4;
        const cover = readAt(grid, fields.cloud, x, y);
        const shape = 0.5 + 0.62 * fractal((x - driftX) * 0.13, (y - driftY) * 0.17, 4, 21);
        const alpha = smoothstep(1.02 - cover * 1.02, 1.32 - cover * 0.86, shape);
        clouds.image.data[at] = 214;
        clouds.image.data[at + 1] = 218;
        clouds.image.data[at + 2] = 222;
        clouds.image.data[at + 3] = alpha * (70 + 95 * cover);
        shadow.image.data[at + 3] = clouds.image.data[at + 3] as number;
        const thick = readAt(grid, fields.fog, x, y);
        const low = Math.max(0, 1 - Math.max(0, heightAt(x, y) - 300) / 420);
        const wisp = 0.62 + 0.5 * fractal((x - driftX * 0.4) * 0.22, (y - driftY * 0.4) * 0.3, 3, 33);
        const mist = Math.min(0.88, thick * wisp * (0.25 + 0.75 * low));
        // A downpour darkens what is behind it, driving snow hides it; both come in gusts.
        const gust = 0.75 + 0.5 * fractal((x - driftX * 3) * 0.3, (y - driftY * 3) * 0.3, 2, 45);
        const fury = readAt(grid, fields.fury, x, y);
        const snows = readAt(grid, fields.snowfall, x, y) > readAt(grid, fields.rain, x, y);
        const curtain = Math.min(0.8, fury * gust * (snows ? 0.52 : 0.44));
        const all = mist + curtain * (1 - mist);
        const mix = (own: number, of: number) =>
          all === 0 ? 0 : (own * mist + of * curtain * (1 - mist)) / all;
        fog.image.data[at] = mix(206, snows ? 224 : 38);
        fog.image.data[at + 1] = mix(210, snows ? 230 : 48);
        fog.image.data[at + 2] = mix(208, snows ? 240 : 64);
        fog.image.data[at + 3] = 255 * all;
      }
    }
    for (const { pen, image } of [clouds, shadow, fog]) pen.putImageData(image, 0, 0);
  }

  function stretch(ctx: Ctx, camera: Camera, { pen }: SoftPicture, offsetX = 0, offsetY = 0): void {
    ctx.imageSmoothingEnabled = true;
    ctx.imageSmoothingQuality = "low";
    ctx.drawImage(
      pen.canvas,
      toX(camera, 0) + offsetX,
      toY(camera, 0) + offsetY,
      widthKm * camera.scale,
      heightKm * camera.scale,
    );
  }

  return {
    step(seconds) {
      age += seconds;
      const [mx, my] = [widthKm / 2, heightKm / 2];
      driftX += (readAt(grid, fields.windX, mx, my) * DRIFT * 4 + 0.05) * seconds;
      driftY += readAt(grid, fields.windY, mx, my) * DRIFT * 4 * seconds;
      flash = { ...flash, light: Math.max(0, flash.light - seconds * 4) };
      const [x, y] = [Math.random() * widthKm, Math.random() * heightKm];
      if (Math.random() < readAt(grid, fields.thunder, x, y) * seconds * 1.4) flash = { light: 1, x, y };
    },
    drawClouds(ctx, camera, day) {
      paintTextures();
      // The shadow first, a little down the light, then the cloud itself.
      ctx.save();
      ctx.globalAlpha = 0.42 * day;
      if (day > 0) stretch(ctx, camera, shadow, camera.scale * 0.5, camera.scale * 0.6);
      ctx.globalAlpha = 0.28 + 0.4 * day;
      stretch(ctx, camera, clouds);
      ctx.restore();
    },
    drawFog(ctx, camera, day) {
      ctx.save();
      ctx.globalAlpha = 0.6 + 0.25 * day;
      stretch(ctx, camera, fog);
      ctx.restore();
    },
    drawFalling(ctx, camera, day) {
      const [xKm, yKm] = [camera.x, camera.y];
      fall(ctx, camera, age, readAt(grid, fields.windX, xKm, yKm), 0.62 + 0.3 * day, (x, y) =>
        thickness(
          readAt(grid, fields.rain, x, y),
          readAt(grid, fields.snowfall, x, y),
          readAt(grid, fields.fury, x, y),
        ),
      );
    },
    drawFlash(ctx, camera) {
      if (flash.light < 0.02) return;
      const [x, y] = [toX(camera, flash.x), toY(camera, flash.y)];
      const bolt = ctx.createRadialGradient(x, y, 0, x, y, camera.scale * 14);
      bolt.addColorStop(0, `rgba(236,240,255,${0.62 * flash.light})`);
      bolt.addColorStop(1, "rgba(220,228,255,0)");
      ctx.fillStyle = bolt;
      ctx.fillRect(0, 0, camera.width, camera.height);
    },
  };
}

interface SoftPicture {
  readonly pen: OffscreenCanvasRenderingContext2D;
  readonly image: ImageData;
}

/** Far fewer points than the screen has: what it shows has no edges. */
function softPicture(): SoftPicture {
  const sheet = new OffscreenCanvas(CLOUD_COLS, CLOUD_ROWS);
  const pen = sheet.getContext("2d") as OffscreenCanvasRenderingContext2D;
  return { pen, image: pen.createImageData(CLOUD_COLS, CLOUD_ROWS) };
}

function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
