import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Camera, endsOf, fit, toKm, zoomAt } from "./camera.ts";

const [WIDTH_KM, HEIGHT_KM] = [60, 40];
function phone(): Camera {
  const camera = { scale: 1, x: 0, y: 0, width: 390, height: 600 };
  fit(camera, WIDTH_KM, HEIGHT_KM);
  return camera;
}

describe("the view of the map", () => {
  it("keeps under the hand what was there, as it comes nearer", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 390, noNaN: true }),
        fc.double({ min: 0, max: 600, noNaN: true }),
        fc.double({ min: 1, max: 12, noNaN: true }),
        (x, y, factor) => {
          const camera = phone();
          const before = toKm(camera, x, y);
          zoomAt(camera, x, y, factor, WIDTH_KM, HEIGHT_KM);
          const after = toKm(camera, x, y);
          expect(after[0]).toBeCloseTo(before[0], 6);
          expect(after[1]).toBeCloseTo(before[1], 6);
        },
      ),
    );
  });

  it("ends where the land fills it, and where people can be told apart", () => {
    const camera = phone();
    expect(endsOf(camera, WIDTH_KM, HEIGHT_KM)).toEqual({ whole: true, nearest: false });
    zoomAt(camera, 10, 10, 1_000, WIDTH_KM, HEIGHT_KM);
    expect(endsOf(camera, WIDTH_KM, HEIGHT_KM)).toEqual({ whole: false, nearest: true });
    zoomAt(camera, 380, 590, 0.000_1, WIDTH_KM, HEIGHT_KM);
    expect(endsOf(camera, WIDTH_KM, HEIGHT_KM).whole).toBe(true);
    const [left, top] = toKm(camera, 0, 0);
    expect(Math.min(left, top)).toBeGreaterThanOrEqual(-1e-9);
  });
});
