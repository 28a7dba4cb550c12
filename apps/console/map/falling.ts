import type { Camera } from "./camera.ts";
import { toKm } from "./camera.ts";

/** What falls is a few small pictures, made once and moved: the worst blizzard costs a frame no more than a shower. */
const TILE = 256;
const CELL = 64;
const SLANT_STEP = 0.25;
const MOST_SLANT = 2;
/** Wind of this much leans rain half over, km/h. */
const LEANING_KMH = 45;

export type Falling = "rain" | "downpour" | "snow" | "blizzard";

interface Kind {
  readonly drops: number;
  readonly lengthPx: readonly [number, number];
  readonly widthPx: readonly [number, number];
  readonly colour: string;
  /** Down the picture, pixels a second. */
  readonly speed: number;
  /** How much more than rain it goes with the wind. */
  readonly light: number;
}

const KINDS: Readonly<Record<Falling, Kind>> = {
  rain: { drops: 44, lengthPx: [8, 13], widthPx: [1, 1], colour: "#bcd2e2", speed: 420, light: 1 },
  downpour: { drops: 210, lengthPx: [15, 30], widthPx: [1, 1.7], colour: "#cfe2f0", speed: 720, light: 1 },
  snow: { drops: 60, lengthPx: [0, 0], widthPx: [1.6, 3.2], colour: "#f2f5fa", speed: 46, light: 2 },
  blizzard: { drops: 280, lengthPx: [1, 8], widthPx: [1.2, 3], colour: "#ffffff", speed: 150, light: 3 },
};

/** How thick each falls for what the sky says, 0..1. @param fury 0 quiet, 1 the worst there is */
export function thickness(rainMmH: number, snowMmH: number, fury: number): Readonly<Record<Falling, number>> {
  const snows = snowMmH > rainMmH;
  const share = (value: number) => Math.min(1, Math.max(0, value));
  return {
    rain: snows || rainMmH <= 0.1 ? 0 : share(0.35 + rainMmH / 3),
    downpour: snows || rainMmH <= 0.1 ? 0 : share(Math.max(fury * 1.2, (rainMmH - 3) / 5)),
    snow: !snows || snowMmH <= 0.05 ? 0 : share(0.5 + snowMmH / 2),
    blizzard: !snows || snowMmH <= 0.05 ? 0 : share(Math.max(fury * 1.2, (snowMmH - 2) / 3)),
  };
}

export function createFalling() {
  const tiles = new Map<string, OffscreenCanvas>();

  function tileOf(name: Falling, slant: number): OffscreenCanvas {
    const key = `${name} ${slant}`;
    const made = tiles.get(key) ?? paintTile(KINDS[name], slant);
    tiles.set(key, made);
    return made;
  }

  /** @param at how thick each falls there, km */
  return (
    ctx: CanvasRenderingContext2D,
    camera: Camera,
    age: number,
    windKmh: number,
    light: number,
    at: (xKm: number, yKm: number) => Readonly<Record<Falling, number>>,
  ): void => {
    ctx.save();
    for (let y = 0; y < camera.height; y += CELL) {
      for (let x = 0; x < camera.width; x += CELL) {
        const thick = at(...toKm(camera, x + CELL / 2, y + CELL / 2));
        for (const name of Object.keys(KINDS) as Falling[]) {
          if (thick[name] < 0.04) continue;
          const kind = KINDS[name];
          const slant = slantOf(windKmh, kind.light);
          ctx.globalAlpha = thick[name] * light;
          const [sx, sy] = [wrap(x - age * kind.speed * slant), wrap(y - age * kind.speed)];
          ctx.drawImage(tileOf(name, slant), sx, sy, CELL, CELL, x, y, CELL, CELL);
        }
      }
    }
    ctx.restore();
  };
}

/** Pixels to the side for each down. */
function slantOf(windKmh: number, light: number): number {
  const slant = Math.min(MOST_SLANT, Math.max(-MOST_SLANT, (windKmh / LEANING_KMH) * 0.5 * light));
  return Math.round(slant / SLANT_STEP) * SLANT_STEP;
}

const wrap = (value: number) => Math.round(((value % TILE) + TILE) % TILE) % TILE;

/** Repeats at its edges; a cell more on two sides, so that each piece can be cut out in one. */
function paintTile({ drops, lengthPx, widthPx, colour }: Kind, slant: number): OffscreenCanvas {
  const tile = new OffscreenCanvas(TILE + CELL, TILE + CELL);
  const pen = tile.getContext("2d") as OffscreenCanvasRenderingContext2D;
  pen.lineCap = "round";
  pen.strokeStyle = colour;
  const between = ([least, most]: readonly [number, number]) => least + Math.random() * (most - least);
  const along = Math.hypot(1, slant);
  for (let i = 0; i < drops; i++) {
    const [x, y, length] = [Math.random() * TILE, Math.random() * TILE, between(lengthPx)];
    pen.lineWidth = between(widthPx);
    pen.globalAlpha = 0.4 + 0.5 * Math.random();
    for (const left of [-TILE, 0, TILE]) {
      for (const top of [-TILE, 0, TILE]) {
        pen.beginPath();
        pen.moveTo(x + left, y + top);
        pen.lineTo(x + left + (slant / along) * length, y + top + (1 / along) * length + 0.01);
        pen.stroke();
      }
    }
  }
  return tile;
}
