import { EdgeKind } from "@orrery/schema/time/v1";
import { DAY_GS, HOUR_GS } from "./calendar.ts";
import { moonSpan } from "./moons.ts";
import { seasonSpan } from "./seasons.ts";
import type { Sky } from "./sky.ts";

/** Something that happens at an instant because of the calendar alone. */
export interface SkyEdge {
  readonly kind: EdgeKind;
  readonly atGs: number;
  /** Place in the calendar's moons, for EDGE_KIND_MOON. */
  readonly moon: number;
}

/** The first instant after `afterGs` at which the calendar has an edge: at the latest the next full hour. */
export function nextEdgeGs(sky: Sky, afterGs: number): number {
  let next = (Math.floor(afterGs / HOUR_GS) + 1) * HOUR_GS;
  next = Math.min(next, sky.phases.at(afterGs).endGs);
  for (const moon of sky.moons) next = Math.min(next, moonSpan(moon, afterGs).endGs);
  return next;
}

/** The edges of one instant, in the order in which they are emitted: year, season, moon, day, hour, phase, face. */
export function edgesAt(sky: Sky, atGs: number): readonly SkyEdge[] {
  const edges: SkyEdge[] = [];
  const add = (kind: EdgeKind, moon = -1) => edges.push({ kind, atGs, moon });
  const newDay = atGs % DAY_GS === 0;
  if (newDay && sky.almanac.dateOf(atGs / DAY_GS).dayOfYear === 1) add(EdgeKind.YEAR);
  if (newDay && seasonSpan(sky.almanac, atGs).startGs === atGs) add(EdgeKind.SEASON);
  for (const [index, moon] of sky.moons.entries()) {
    if (moonSpan(moon, atGs).startGs === atGs) add(EdgeKind.MOON, index);
  }
  if (newDay) add(EdgeKind.DAY);
  if (atGs % HOUR_GS === 0) add(EdgeKind.HOUR);
  const { face, startGs } = sky.phases.at(atGs);
  if (startGs === atGs) {
    add(EdgeKind.PHASE);
    if (face !== sky.phases.at(atGs - 1).face) add(EdgeKind.FACE);
  }
  return edges;
}
