import { Cause, EdgeKind } from "@orrery/schema/time/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { edgesAt, nextEdgeGs } from "./edges.ts";
import type { Sky } from "./sky.ts";

const PAGE = { standard: 100, most: 500 } as const;
/** A page looks at most this far, so that rare kinds cannot make it search for ever. */
const HORIZON_GS = 800 * 86_400;

/** Where a page goes on: behind so many of the wanted edges of an instant. */
interface Place {
  readonly atGs: number;
  readonly told: number;
}

/** @throws RPC_PAGE_TOKEN */
function placeOf(fromGs: number, pageToken: string): Place {
  if (pageToken === "") return { atGs: Math.floor(fromGs), told: Number.POSITIVE_INFINITY };
  const [atGs, told] = pageToken.split("+").map(Number);
  if (!Number.isSafeInteger(atGs) || !Number.isSafeInteger(told))
    throw new OrreryError(serviceErrors.RPC_PAGE_TOKEN, { given: pageToken });
  return { atGs: atGs as number, told: told as number };
}

/** Edges of the calendar after an instant, in order. @throws RPC_PAGE_TOKEN, RPC_FIELD_INVALID */
export function listEdges(
  sky: Sky,
  asked: { fromGs: number; kinds: readonly EdgeKind[]; pageSize: number; pageToken: string },
) {
  const size = asked.pageSize || PAGE.standard;
  if (size > PAGE.most)
    throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, {
      given: `page_size ${size}, at most ${PAGE.most}`,
    });
  const wanted = (kind: EdgeKind) => asked.kinds.length === 0 || asked.kinds.includes(kind);
  const edges = [];
  let { atGs, told } = placeOf(asked.fromGs, asked.pageToken);
  const endGs = atGs + HORIZON_GS;
  for (;;) {
    const here = edgesAt(sky, atGs).filter(({ kind }) => wanted(kind));
    for (const edge of here.slice(told, told + size - edges.length)) {
      const subject = edge.kind === EdgeKind.MOON ? (sky.moons[edge.moon]?.id ?? "") : "";
      edges.push({ kind: edge.kind, at: sky.instant(atGs, Cause.UNSPECIFIED), subject });
      told += 1;
    }
    if (edges.length === size || atGs >= endGs) break;
    atGs = nextEdgeGs(sky, atGs);
    told = 0;
  }
  return { edges, nextPageToken: `${atGs}+${Math.min(told, Number.MAX_SAFE_INTEGER)}` };
}
