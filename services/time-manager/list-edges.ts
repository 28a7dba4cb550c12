import { Cause, EdgeKind } from "@orrery/schema/time/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { edgesAt, nextEdgeGs } from "./edges.ts";
import type { Sky } from "./sky.ts";

const PAGE = { standard: 100, most: 500 } as const;
/** A page looks at most this far, so that rare kinds cannot make it search for ever. */
const HORIZON_GS = 800 * 86_400;

/** Future edges of the calendar; the page token is the instant to go on from. @throws RPC_PAGE_TOKEN, RPC_FIELD_INVALID */
export function listEdges(
  sky: Sky,
  asked: { fromGs: number; kinds: readonly EdgeKind[]; pageSize: number; pageToken: string },
) {
  const size = asked.pageSize || PAGE.standard;
  if (size > PAGE.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `page_size ${size}, at most ${PAGE.most}`,
    });
  const startGs = asked.pageToken === "" ? Math.floor(asked.fromGs) : Number(asked.pageToken);
  if (!Number.isFinite(startGs))
    throw new OrreryError(serviceErrors.RPC_PAGE_TOKEN, { given: asked.pageToken });
  const edges = [];
  let atGs = startGs;
  while (edges.length < size && atGs < startGs + HORIZON_GS) {
    atGs = nextEdgeGs(sky, atGs);
    for (const edge of edgesAt(sky, atGs)) {
      if (asked.kinds.length > 0 && !asked.kinds.includes(edge.kind)) continue;
      const subject = edge.kind === EdgeKind.MOON ? (sky.moons[edge.moon]?.id ?? "") : "";
      edges.push({ kind: edge.kind, at: sky.instant(atGs, Cause.UNSPECIFIED), subject });
    }
  }
  return { edges, nextPageToken: String(atGs) };
}
