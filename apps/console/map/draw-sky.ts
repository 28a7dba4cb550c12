import { type Camera, toKm, toX, toY } from "./camera.ts";
import type { Fields } from "./fields.ts";
import { fractal } from "./noise.ts";
import { type RegionGrid, readAt } from "./regions.ts";

type Ctx = CanvasRenderingContext2D;

const DROPS = 900;
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
  /** Brightness of lightning right now, 0..1, and where. */
  readonly flash: { readonly light: number; readonly x: number; readonly y: number };
}

export function createSky(
  grid: RegionGrid,
  fields: Fields,
  widthKm: number,
  heightKm: number,
  heightAt: (x: number, y: number) => number,
): Sky {
  const drops = new Float32Array(DROPS * 3);
  for (let i = 0; i < DROPS; i++) drops.set([Math.random(), Math.random(), Math.random()], i * 3);
  const clouds = new OffscreenCanvas(CLOUD_COLS, CLOUD_ROWS);
  const cloudCtx = clouds.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const cloudImage = cloudCtx.createImageData(CLOUD_COLS, CLOUD_ROWS);
  const fog = new OffscreenCanvas(CLOUD_COLS, CLOUD_ROWS);
  const fogCtx = fog.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const fogImage = fogCtx.createImageData(CLOUD_COLS, CLOUD_ROWS);
  let [driftX, driftY, age, painted] = [0, 0, 0, -1];
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
        cloudImage.data[at] = 214;
        cloudImage.data[at + 1] = 218;
        cloudImage.data[at + 2] = 222;
        cloudImage.data[at + 3] = alpha * (70 + 95 * cover);
        const thick = readAt(grid, fields.fog, x, y);
        const low = Math.max(0, 1 - Math.max(0, heightAt(x, y) - 300) / 420);
        const wisp = 0.62 + 0.5 * fractal((x - driftX * 0.4) * 0.22, (y - driftY * 0.4) * 0.3, 3, 33);
        fogImage.data[at] = 206;
        fogImage.data[at + 1] = 210;
        fogImage.data[at + 2] = 208;
        fogImage.data[at + 3] = Math.min(225, 255 * thick * wisp * (0.25 + 0.75 * low));
      }
    }
    cloudCtx.putImageData(cloudImage, 0, 0);
    fogCtx.putImageData(fogImage, 0, 0);
  }

  function stretch(ctx: Ctx, camera: Camera, picture: OffscreenCanvas, offsetX = 0, offsetY = 0): void {
    ctx.imageSmoothingEnabled = true;
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(
      picture,
      toX(camera, 0) + offsetX,
      toY(camera, 0) + offsetY,
      widthKm * camera.scale,
      heightKm * camera.scale,
    );
  }

  return {
    get flash() {
      return flash;
    },
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
      ctx.filter = "brightness(0)";
      stretch(ctx, camera, clouds, camera.scale * 0.5, camera.scale * 0.6);
      ctx.filter = "none";
      ctx.globalAlpha = 0.28 + 0.4 * day;
      stretch(ctx, camera, clouds);
      ctx.restore();
    },
    drawFog(ctx, camera, day) {
      ctx.save();
      ctx.globalAlpha = 0.45 + 0.4 * day;
      stretch(ctx, camera, fog);
      ctx.restore();
    },
    drawFalling(ctx, camera, day) {
      ctx.save();
      ctx.lineCap = "round";
      const light = 0.45 + 0.4 * day;
      const dashes = new Path2D();
      const flakes = new Path2D();
      for (let i = 0; i < DROPS; i++) {
        const [sx, sy, seed] = [
          drops[i * 3] as number,
          drops[i * 3 + 1] as number,
          drops[i * 3 + 2] as number,
        ];
        const fall = (age * (0.55 + seed * 0.4) + sy * 7) % 1;
        const px = (((sx + seed * 0.37 + age * 0.011) % 1) * 1.2 - 0.1) * camera.width;
        const py = (((sy + fall) % 1) * 1.2 - 0.1) * camera.height;
        const [x, y] = toKm(camera, px, py);
        if (x < 0 || y < 0 || x > widthKm || y > heightKm) continue;
        const rain = readAt(grid, fields.rain, x, y);
        const snow = readAt(grid, fields.snowfall, x, y);
        const wind = readAt(grid, fields.windX, x, y);
        if (rain > 0.1 && seed < Math.min(1, 0.22 + rain / 6)) {
          const length = 7 + Math.min(12, rain * 2.2);
          dashes.moveTo(px, py);
          dashes.lineTo(px + (wind / 60) * length, py + length);
        } else if (snow > 0.05 && seed < Math.min(1, 0.3 + snow / 3)) {
          const sway = Math.sin(age * 2 + seed * 40) * 3 + (wind / 40) * 6 * fall;
          flakes.moveTo(px + sway + 1.2, py);
          flakes.arc(px + sway, py, 0.7 + seed * 0.9, 0, 7);
        }
      }
      ctx.strokeStyle = `rgba(186,208,224,${0.5 * light})`;
      ctx.lineWidth = 1;
      ctx.stroke(dashes);
      ctx.fillStyle = `rgba(240,244,250,${0.9 * light})`;
      ctx.fill(flakes);
      ctx.restore();
    },
  };
}

function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
