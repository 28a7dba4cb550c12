import { createHash } from "node:crypto";
import { Pack, PackSchema } from "@orrery/schema/world/v1";
import { encodeBytes, type InitOf } from "@orrery/wire";

/*
 * A pack travels by its fields, so that what changes of it is told alone and no broker has to carry it whole. A section is a
 * Pack with one field, in bytes: those of all sections one after the other are the pack.
 */

/** A part is no larger: well below every transport's largest message, also as base64. */
export const PART_BYTES = 128 * 1024;
/** The fields that are no messages, together. */
const ABOUT = "about";

export interface Section {
  readonly section: string;
  /** SHA-256, hex. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Those of a pack that hold anything, in the order of its fields. */
export function sectionsOf(pack: Pack): Section[] {
  const names = new Map<string, string[]>();
  for (const { name, localName, message } of PackSchema.fields) {
    const section = message === undefined ? ABOUT : name;
    names.set(section, [...(names.get(section) ?? []), localName]);
  }
  const found: Section[] = [];
  for (const [section, fields] of names) {
    const part = Object.fromEntries(fields.map((field) => [field, pack[field as keyof Pack]]));
    const bytes = encodeBytes(Pack, part as InitOf<typeof Pack>);
    if (bytes.length > 0) found.push({ section, digest: digestOf(bytes), bytes });
  }
  return found;
}

/** In pieces of at most `PART_BYTES`. */
export function partsOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / PART_BYTES));
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * PART_BYTES, (at + 1) * PART_BYTES));
}
