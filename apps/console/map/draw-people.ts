import { whereIs } from "@orrery/atlas";
import { isAwake, type Someone } from "../data/people.ts";
import { type Camera, toX, toY } from "./camera.ts";

type Ctx = CanvasRenderingContext2D;

const M_PER_KM = 1_000;
const SERIF = '"EB Garamond", Georgia, serif';
/** People at one place are drawn this far apart, each a golden angle further round than the one before. */
const APART_M = 14;
const TURN = 2.399963;
/** How near the hand must be, pixels. */
const REACH = 9;

export interface Drawn {
  readonly someone: Someone;
  readonly x: number;
  readonly y: number;
}

/** Everybody who can be seen: those asleep are behind their windows. @returns who was drawn where */
export function drawPeople(
  ctx: Ctx,
  camera: Camera,
  people: Iterable<Someone>,
  atGs: number,
  dark: number,
): Drawn[] {
  const drawn: Drawn[] = [];
  /** How many are drawn at a place already: they stand around it, not on top of each other. */
  const standing = new Map<string, number>();
  const size = Math.min(4.5, Math.max(1.3, camera.scale / 26));
  ctx.save();
  for (const someone of people) {
    if (someone.motion === undefined || !isAwake(someone)) continue;
    const [placeX, placeY] = whereIs(someone.motion, atGs);
    const nth = standing.get(someone.placeId) ?? 0;
    if (someone.placeId !== "") standing.set(someone.placeId, nth + 1);
    const [away, turn] = [APART_M * Math.sqrt(nth), nth * TURN];
    const [xM, yM] = [placeX + away * Math.cos(turn), placeY + away * Math.sin(turn)];
    const [x, y] = [toX(camera, xM / M_PER_KM), toY(camera, yM / M_PER_KM)];
    if (x < -size || y < -size || x > camera.width + size || y > camera.height + size) continue;
    drawn.push({ someone, x, y });
    const isWalking = someone.placeId === "";
    if (dark > 0.3 && isWalking) lantern(ctx, x, y, size, dark);
    ctx.beginPath();
    ctx.arc(x, y, isWalking ? size * 1.15 : size, 0, 7);
    ctx.fillStyle = isWalking ? "#fff1c9" : "rgba(244,222,176,.86)";
    ctx.fill();
    ctx.lineWidth = 0.9;
    ctx.strokeStyle = "rgba(34,22,8,.8)";
    ctx.stroke();
  }
  ctx.restore();
  return drawn;
}

/** Whoever walks by night carries a light. */
function lantern(ctx: Ctx, x: number, y: number, size: number, dark: number): void {
  const reach = size * 4;
  const glow = ctx.createRadialGradient(x, y, 0, x, y, reach);
  glow.addColorStop(0, `rgba(255,190,96,${0.55 * dark})`);
  glow.addColorStop(1, "rgba(255,160,60,0)");
  ctx.fillStyle = glow;
  ctx.fillRect(x - reach, y - reach, reach * 2, reach * 2);
}

/** The one nearest to the hand, if near enough. */
export function nearestTo(drawn: readonly Drawn[], x: number, y: number): Drawn | undefined {
  let best: Drawn | undefined;
  let least = REACH;
  for (const one of drawn) {
    const away = Math.hypot(one.x - x, one.y - y);
    if (away < least) [best, least] = [one, away];
  }
  return best;
}

/** Who it is, and what they are at, beside them. */
export function drawWho(ctx: Ctx, { someone, x, y }: Drawn, placeOf: (id: string) => string): void {
  const { name, role, activity, placeId } = someone;
  const where =
    placeId === "" ? "on the way" : `${activity === "" ? "at" : `${activity}, at`} ${placeOf(placeId)}`;
  const lines = [`${name}${role === "" ? "" : `, ${role}`}`, where];
  ctx.save();
  ctx.font = `500 14px ${SERIF}`;
  const width = Math.max(...lines.map((line) => ctx.measureText(line).width)) + 16;
  const left = Math.min(x + 10, ctx.canvas.clientWidth - width - 4);
  const top = Math.max(4, y - 46);
  ctx.fillStyle = "rgba(20,15,9,.86)";
  ctx.beginPath();
  ctx.roundRect(left, top, width, 42, 5);
  ctx.fill();
  ctx.fillStyle = "#f2e2bd";
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  lines.forEach((line, i) => ctx.fillText(line, left + 8, top + 5 + i * 17));
  ctx.restore();
}
