import { create } from "@bufbuild/protobuf";
import { Segment, SegmentSchema, type StateTable } from "@orrery/schema/simulation/v1";
import { encodeBytes } from "@orrery/wire";
import type { Page } from "./page.ts";
import { codecOf } from "./page.ts";
import type { StateTypes } from "./state.ts";

/** A page of a segment, of the type that it was written as. */
export interface SegmentPage extends Page {
  readonly type: string;
}

/** @returns simulation.v1.Segment, its pages in this order */
export function encodeSegment(types: StateTypes, pages: readonly Page[]): Uint8Array {
  const tables: Pick<StateTable, "name" | "type" | "pages">[] = [];
  for (const { table: name, id, bytes: page } of pages) {
    let last = tables.at(-1);
    if (last?.name !== name) {
      last = { name, type: codecOf(types, name)?.typeName ?? "", pages: [] };
      tables.push(last);
    }
    last.pages.push({ $typeName: "simulation.v1.StatePage", id, page });
  }
  return encodeBytes(Segment, create(SegmentSchema, { tables }));
}

/** The pages of a segment, in its order. */
export function decodeSegment(bytes: Uint8Array): SegmentPage[] {
  return Segment.decode(bytes).tables.flatMap(({ name: table, type, pages }) =>
    pages.map(({ id, page }) => ({ table, type, id, bytes: page })),
  );
}
