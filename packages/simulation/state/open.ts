import type { SegmentUse } from "@orrery/schema/simulation/v1";
import type { Personal } from "@orrery/service";
import type { Codec } from "@orrery/wire";
import { isAlive } from "./ledger.ts";
import { pagePlace, ROOT } from "./page.ts";
import { decodeSegment } from "./segment.ts";

/** A page of a state, in the clear, for whoever compares states without knowing what they are of. */
export interface OpenPage {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * The pages that a state has from a segment, by name: `root`, and `table/id` of the others. What is of a type that is not
 * known stays as it is.
 */
export async function openPages(
  opener: Pick<Personal, "openMessage">,
  codecs: ReadonlyMap<string, Codec>,
  use: SegmentUse,
  segment: Uint8Array,
): Promise<ReadonlyMap<string, OpenPage>> {
  const pages = new Map<string, OpenPage>();
  for (const [at, page] of decodeSegment(segment).entries()) {
    if (!isAlive(use.alive, at)) continue;
    const { table, id, type } = page;
    const codec = codecs.get(type);
    const bytes =
      codec === undefined
        ? page.bytes
        : (await opener.openMessage(codec, page.bytes, pagePlace(type, page))).bytes;
    pages.set(table === ROOT ? "root" : `${table}/${id}`, { type, bytes });
  }
  return pages;
}
