import type { Camera } from "./camera.ts";

export type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A layer of the map that does not move by itself. */
export interface Kept {
  /** Puts the layer down; draws it anew only when the view or its key has changed. */
  put(
    ctx: CanvasRenderingContext2D,
    camera: Camera,
    ratio: number,
    key: string,
    draw: (pen: Pen) => void,
  ): void;
}

/** Frames are cheap because of these: strokes and letters cost a software renderer more than a picture of them. */
export function createKept(): Kept {
  let sheet: OffscreenCanvas | undefined;
  let pen: OffscreenCanvasRenderingContext2D | undefined;
  let shown = "";
  return {
    put(ctx, camera, ratio, key, draw) {
      const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
      if (width === 0 || height === 0) return;
      if (sheet?.width !== width || sheet.height !== height) {
        sheet = new OffscreenCanvas(width, height);
        pen = sheet.getContext("2d") as OffscreenCanvasRenderingContext2D;
        shown = "";
      }
      const now = `${camera.scale} ${camera.x} ${camera.y} ${key}`;
      if (now !== shown && pen !== undefined) {
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        pen.clearRect(0, 0, camera.width, camera.height);
        draw(pen);
        shown = now;
      }
      ctx.drawImage(sheet, 0, 0, camera.width, camera.height);
    },
  };
}
