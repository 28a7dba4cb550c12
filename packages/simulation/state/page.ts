import { createHash } from "node:crypto";
import { type Personal, statePlace } from "@orrery/service";
import type { Codec } from "@orrery/wire";
import type { StateTypes } from "./state.ts";

/** The root's name among the tables, and its id there. */
export const ROOT = "";

/** One message of a state, as bytes in the clear. */
export interface Page {
  /** Empty: the root. */
  readonly table: string;
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** What identifies a page. */
export type PageName = Omit<Page, "bytes">;

export const codecOf = ({ root, tables }: StateTypes, table: string): Codec | undefined =>
  table === ROOT ? root : Object.hasOwn(tables, table) ? (tables[table] as Codec) : undefined;

/** What a page's values are sealed for: its own place, so that no sealed value can be moved to another. */
export const pagePlace = (type: string, { table, id }: PageName): string =>
  table === ROOT ? statePlace(type) : `${statePlace(type)}/${table}/${id}`;

/** Pages as they are kept: what is personal in them under its subject's key of this world. */
export async function sealPages(
  sealer: Pick<Personal, "sealMessage">,
  types: StateTypes,
  pages: readonly Page[],
  world: string,
): Promise<readonly Page[]> {
  const sealed: Page[] = [];
  for (const page of pages) {
    const codec = codecOf(types, page.table);
    if (codec?.personal === undefined) {
      sealed.push(page);
      continue;
    }
    const bytes = await sealer.sealMessage(codec, page.bytes, world, pagePlace(codec.typeName, page));
    sealed.push({ ...page, bytes });
  }
  return sealed;
}

const DIGEST_BITS = 128;
const MASK = (1n << BigInt(DIGEST_BITS)) - 1n;
const NUL = new Uint8Array(1);

/** 128 bits of a page and its name: moved to another name it is another page. */
export function pageDigest({ table, id, bytes }: Page): bigint {
  const hash = createHash("sha256").update(table).update(NUL).update(id).update(NUL).update(bytes).digest();
  return hash.readBigUInt64LE(0) | (hash.readBigUInt64LE(8) << 64n);
}

/** A state's digest is the sum of its pages': it does not depend on their order, and changes with each by what that changed. */
export const addDigest = (sum: bigint, page: bigint): bigint => (sum + page) & MASK;
export const takeDigest = (sum: bigint, page: bigint): bigint => (sum - page) & MASK;

export function digestBytes(sum: bigint): Uint8Array {
  const bytes = Buffer.alloc(DIGEST_BITS / 8);
  bytes.writeBigUInt64LE(sum & 0xffff_ffff_ffff_ffffn, 0);
  bytes.writeBigUInt64LE(sum >> 64n, 8);
  return bytes;
}
