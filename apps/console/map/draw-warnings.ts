import { AlertLevel } from "@orrery/schema/weather/v1";
import type { Land, Region } from "@orrery/schema/world/v1";
import type { Warning } from "../data/warnings.ts";
import { type Camera, toX, toY } from "./camera.ts";
import { css, HALO } from "./ink.ts";
import type { Pen } from "./kept.ts";
import type { Label } from "./labels.ts";

/** What each level looks like where colours are not told apart: the denser its border, the worse. */
interface Border {
  readonly colour: string;
  readonly dash: readonly number[];
  readonly lines: 1 | 2;
  readonly hatch: "none" | "single" | "crossed";
}
export const BORDERS: Readonly<Partial<Record<AlertLevel, Border>>> = {
  [AlertLevel.WATCH]: { colour: "#d8cca4", dash: [7, 5], lines: 1, hatch: "none" },
  [AlertLevel.ADVISORY]: { colour: "#e0b96a", dash: [], lines: 1, hatch: "none" },
  [AlertLevel.WARNING]: { colour: "#eb9a5c", dash: [], lines: 1, hatch: "single" },
  [AlertLevel.EMERGENCY]: { colour: "#f0806a", dash: [], lines: 2, hatch: "crossed" },
};
const BAND_PX = 11;
const HATCH_PX = 8;
const FONT = '600 12px "Inter", system-ui, sans-serif';
const PLATE_PX = 22;
const SIGN_PX = 18;
/** Under the region's name, or where there is room: a warning that is not said is none. */
const ABOUT = [0, 1, -1].flatMap((side) =>
  [18, -28, 40, -50, 62, -72].map((dy) => [side as -1 | 0 | 1, dy] as const),
);

/** How far from the middle to the border it may go where the middle is out of sight, the nearest first. */
const TOWARDS = [0.35, 0.6, 0.8];

/** Borders of the regions that are warned, hatched on the inside. */
export function drawWarned(
  pen: Pen,
  camera: Camera,
  land: Land,
  warnings: ReadonlyMap<string, Warning>,
): void {
  for (const region of land.regions) {
    const border = BORDERS[warnings.get(region.id)?.level ?? AlertLevel.UNSPECIFIED];
    if (border === undefined) continue;
    const area = areaOf(region, camera);
    pen.save();
    pen.clip(area);
    pen.lineJoin = "round";
    // Dark below: the border is seen over snow at noon too.
    pen.strokeStyle = css(HALO.colour, 0.5);
    pen.lineWidth = border.hatch === "none" ? 7 : 2 * BAND_PX;
    pen.stroke(area);
    if (border.hatch !== "none") {
      pen.strokeStyle = hatched(pen, border);
      pen.lineWidth = 2 * BAND_PX;
      pen.stroke(area);
    }
    pen.setLineDash([...border.dash]);
    pen.strokeStyle = border.colour;
    pen.lineWidth = 4;
    pen.stroke(area);
    if (border.lines === 2) {
      pen.globalAlpha = 0.4;
      pen.lineWidth = 2 * BAND_PX + 3;
      pen.stroke(area);
    }
    pen.restore();
  }
}

/** What a region is warned of, as a label among the others. */
export function plateOf({ xKm, yKm, outline }: Region, { words, level }: Warning): Label {
  const colour = BORDERS[level]?.colour ?? "#fff";
  return {
    text: words,
    xKm,
    yKm,
    font: FONT,
    sizePx: PLATE_PX,
    spacingPx: 0,
    alpha: 1,
    offsets: ABOUT,
    elsewhere: TOWARDS.flatMap((share) =>
      outline.map((point) => ({
        xKm: xKm + (point.xKm - xKm) * share,
        yKm: yKm + (point.yKm - yKm) * share,
      })),
    ),
    padPx: SIGN_PX + 16,
    draw: (pen, x, y, width) => drawPlate(pen, words, x, y, width, colour),
  };
}

function drawPlate(pen: Pen, words: string, x: number, y: number, width: number, colour: string): void {
  const left = x - width / 2;
  pen.beginPath();
  pen.roundRect(left, y - PLATE_PX / 2, width, PLATE_PX, 4);
  pen.fillStyle = "rgba(22,19,16,.92)";
  pen.fill();
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  pen.stroke();
  drawSign(pen, left + 8, y, colour);
  pen.fillStyle = "#f4ead6";
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillText(words, left + 8 + SIGN_PX, y + 0.5);
}

/** The triangle with its stroke, as it stands beside roads. */
function drawSign(pen: Pen, left: number, y: number, colour: string): void {
  pen.beginPath();
  pen.moveTo(left + 6, y - 6);
  pen.lineTo(left + 12.5, y + 5.5);
  pen.lineTo(left - 0.5, y + 5.5);
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
  pen.fillStyle = "#161310";
  pen.fillRect(left + 5.25, y - 2.5, 1.5, 4);
  pen.fillRect(left + 5.25, y + 2.8, 1.5, 1.5);
}

function areaOf({ outline }: Region, camera: Camera): Path2D {
  const area = new Path2D();
  for (const { xKm, yKm } of outline) area.lineTo(toX(camera, xKm), toY(camera, yKm));
  area.closePath();
  return area;
}

function hatched(pen: Pen, { colour, hatch }: Border): CanvasPattern {
  const tile = new OffscreenCanvas(HATCH_PX, HATCH_PX);
  const ink = tile.getContext("2d") as OffscreenCanvasRenderingContext2D;
  ink.strokeStyle = colour;
  ink.lineWidth = 1.8;
  ink.beginPath();
  for (const at of [-HATCH_PX, 0, HATCH_PX]) {
    ink.moveTo(at, HATCH_PX);
    ink.lineTo(at + HATCH_PX, 0);
    if (hatch !== "crossed") continue;
    ink.moveTo(at, 0);
    ink.lineTo(at + HATCH_PX, HATCH_PX);
  }
  ink.stroke();
  return pen.createPattern(tile, "repeat") as CanvasPattern;
}
