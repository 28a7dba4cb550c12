import { wireErrors } from "../catalogue.ts";
import { OrreryError } from "../errors.ts";
import type { Codec } from "./codec.ts";
import { encodeBytes } from "./encode-bytes.ts";

/** A field marked `personal`: its name in the message, and the name of the one beside it that says whose it is. */
export interface PersonalField {
  readonly number: number;
  readonly name: string;
  readonly subject: string;
}

/** A field whose message holds personal fields, itself or deeper. */
export interface PersonalPart {
  readonly number: number;
  readonly name: string;
  /** The oneof that the field is a case of. */
  readonly oneof?: string;
  readonly of: () => PersonalTable;
}

/** Where a message type holds what belongs to a person. */
export type PersonalTable = readonly (PersonalField | PersonalPart)[];

export type PersonalValue = string | Uint8Array;

/**
 * What becomes of one value.
 * @param subject whose it is; empty: the message does not say
 * @param path numbers of the fields that lead to it, joined by dots
 */
export type PersonalChange = (value: PersonalValue, subject: string, path: string) => PersonalValue;

type Fields = Record<string, unknown>;

/** Puts `change` of each personal value in the value's place, at any depth, in a decoded message. Empty ones stay. */
export function changePersonal(
  table: PersonalTable,
  message: object,
  change: PersonalChange,
  above = "",
): void {
  const fields = message as Fields;
  for (const entry of table) {
    const path = above === "" ? String(entry.number) : `${above}.${entry.number}`;
    if ("of" in entry) {
      for (const part of partsOf(fields, entry)) changePersonal(entry.of(), part, change, path);
      continue;
    }
    const subject = String(fields[entry.subject] ?? "");
    const changed = (value: PersonalValue) => (value.length === 0 ? value : change(value, subject, path));
    const value = fields[entry.name];
    if (Array.isArray(value)) fields[entry.name] = value.map(changed);
    else if (value !== undefined) fields[entry.name] = changed(value as PersonalValue);
  }
}

/**
 * Refuses what could never be sealed. Asked where a message is handed in, so that it fails there.
 * @throws WIRE_NO_SUBJECT
 */
export function requireSubjects<M, I>(codec: Codec<M, I>, init: I): void {
  if (codec.personal === undefined) return;
  const message = codec.decode(encodeBytes(codec, init)) as object;
  changePersonal(codec.personal, message, (value, subject, path) => {
    if (subject === "")
      throw new OrreryError(wireErrors.WIRE_NO_SUBJECT, { given: `${codec.typeName}, field ${path}` });
    return value;
  });
}

/** The messages in a field: none, one, a list's or a map's. */
function partsOf(fields: Fields, { name, oneof }: PersonalPart): readonly object[] {
  if (oneof !== undefined) {
    const chosen = fields[oneof] as { readonly case?: string; readonly value?: object };
    return chosen.case === name && chosen.value !== undefined ? [chosen.value] : [];
  }
  const value = fields[name] as object | undefined;
  if (value === undefined) return [];
  if (Array.isArray(value)) return value as object[];
  return "$typeName" in value ? [value] : (Object.values(value) as object[]);
}
