import { Cause, EdgeKind } from "@orrery/schema/time/v1";
import type { Page } from "@orrery/service";
import { edgesAt, nextEdgeGs } from "./edges.ts";
import type { Sky } from "./sky.ts";

/** The calendar never ends; a list of its edges does, so that rare kinds cannot make anybody search for ever. */
const HORIZON_GS = 800 * 86_400;

/** An instant, how many of its wanted edges were listed before, and where the list ends. */
type Place = readonly [number, number, number];

/** Edges of the calendar after an instant, in order, up to 800 days later. */
export function listEdges(sky: Sky, fromGs: number, kinds: readonly EdgeKind[], page: Page<Place>) {
  const wanted = (kind: EdgeKind) => kinds.length === 0 || kinds.includes(kind);
  const edges = [];
  const beginGs = Math.floor(fromGs);
  let [atGs, told, endGs] = page.place ?? [beginGs, Number.MAX_SAFE_INTEGER, beginGs + HORIZON_GS];
  for (;;) {
    const here = edgesAt(sky, atGs).filter(({ kind }) => wanted(kind));
    for (const edge of here.slice(told, told + page.size - edges.length)) {
      const subject = edge.kind === EdgeKind.MOON ? (sky.moons[edge.moon]?.id ?? "") : "";
      edges.push({ kind: edge.kind, at: sky.instant(atGs, Cause.UNSPECIFIED), subject });
      told += 1;
    }
    if (edges.length === page.size) return { edges, nextPageToken: page.next([atGs, told, endGs]) };
    atGs = nextEdgeGs(sky, atGs);
    told = 0;
    if (atGs > endGs) return { edges };
  }
}
