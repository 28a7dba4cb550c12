import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Label, placeLabels } from "./labels.ts";

const camera = { scale: 20, x: 30, y: 20, width: 1_200, height: 800 };
const label = (text: string, xKm: number, yKm: number): Label => ({
  text,
  xKm,
  yKm,
  font: "",
  sizePx: 12,
  spacingPx: 0,
  alpha: 1,
  offsets: [
    [0, 12],
    [0, -12],
    [1, 0],
    [-1, 0],
  ],
});
const widthOf = ({ text }: Label) => text.length * 6;
const rectOf = ({ label: { text, sizePx }, x, y }: ReturnType<typeof placeLabels>[number]) => ({
  left: x - (text.length * 6) / 2,
  right: x + (text.length * 6) / 2,
  top: y - sizePx / 2,
  bottom: y + sizePx / 2,
});

describe("names on the map", () => {
  it("never stand over each other, over what is there, or beyond the edge, and the first keep their best place", () => {
    const names = fc.array(
      fc.record({
        text: fc.string({ minLength: 1, maxLength: 16 }),
        xKm: fc.double({ min: 2, max: 58, noNaN: true }),
        yKm: fc.double({ min: 2, max: 38, noNaN: true }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const panel = { left: 0, top: 0, right: 300, bottom: 120 };
    fc.assert(
      fc.property(names, (given) => {
        const placed = placeLabels(
          camera,
          given.map(({ text, xKm, yKm }) => label(text, xKm, yKm)),
          [panel],
          widthOf,
        );
        const rects = [panel, ...placed.map(rectOf)];
        for (const [i, a] of rects.entries()) {
          expect(a.left >= 0 && a.top >= 0 && a.right <= 1_200 && a.bottom <= 800).toBe(true);
          for (const b of rects.slice(i + 1))
            expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
        }
      }),
    );
  });

  it("that have no free place are left out, the less important first", () => {
    const crowd = ["one", "two", "three", "four", "five"].map((text) => label(text, 30, 20));
    expect(placeLabels(camera, crowd, [], widthOf).map((placed) => placed.label.text)).toEqual([
      "one",
      "two",
    ]);
  });

  it("stand elsewhere when there is another place for them, if all around their own are taken", () => {
    const covered = { left: 500, right: 700, top: 300, bottom: 500 };
    const warned = {
      ...label("warned", 30, 20),
      elsewhere: [
        { xKm: 31, yKm: 21 },
        { xKm: 45, yKm: 20 },
      ],
    };
    expect(placeLabels(camera, [label("warned", 30, 20)], [covered], widthOf)).toEqual([]);
    expect(placeLabels(camera, [warned], [covered], widthOf)).toMatchObject([{ x: 900, y: 400 }]);
  });
});
