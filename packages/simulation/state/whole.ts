import { encodeBytes } from "@orrery/wire";
import { addDigest, digestBytes, type Page, pageDigest, ROOT } from "./page.ts";
import { encodeSegment } from "./segment.ts";
import { type AnyState, type StateTypes, tablesOf } from "./state.ts";

/** Every page of a state, in order. */
export function* pagesOf(types: StateTypes, state: AnyState): Iterable<Page> {
  yield { table: ROOT, id: ROOT, bytes: encodeBytes(types.root, state.root as never) };
  for (const [table, kept] of tablesOf(types, state))
    for (const [id, message] of kept) yield { table, id, bytes: encodeBytes(kept.codec, message as never) };
}

/** All of a state in one, to be compared with another. */
export const bytesOfState = (types: StateTypes, state: AnyState): Uint8Array =>
  encodeSegment(types, [...pagesOf(types, state)]);

/** As a manifest has it. */
export function digestOf(types: StateTypes, state: AnyState): Uint8Array {
  let sum = 0n;
  for (const page of pagesOf(types, state)) sum = addDigest(sum, pageDigest(page));
  return digestBytes(sum);
}
