import type { PersonalValue } from "@orrery/wire";

/** What a personal field reads once the key is destroyed. A bytes field reads the same in UTF-8. */
export const ERASED = "orrery:erased";
/** What a personal field reads for whom it is not meant. */
export const WITHHELD = "orrery:withheld";

export const KEY_ID_BYTES = 16;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** Begins every sealed value; the figure is the envelope's version. */
const PREFIX = "orrery:sealed:1:";
const PREFIX_BYTES = Buffer.from(PREFIX);
const HEAD_BYTES = KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** The parts of a sealed value. */
export interface Envelope {
  /** 32 hex digits. */
  readonly keyId: string;
  readonly nonce: Uint8Array;
  readonly tag: Uint8Array;
  readonly body: Uint8Array;
}

/** Whether a personal field's person has been erased. */
export function isErased(value: PersonalValue): boolean {
  return typeof value === "string" ? value === ERASED : Buffer.compare(value, Buffer.from(ERASED)) === 0;
}

/** `text` as a value of the same kind as `like`. */
export function textLike(text: string, like: PersonalValue): PersonalValue {
  return typeof like === "string" ? text : new Uint8Array(Buffer.from(text));
}

/**
 * Key id, nonce, tag and body behind the prefix: raw in a bytes field, base64url in a string one, which stays
 * printable.
 */
export function writeEnvelope({ keyId, nonce, tag, body }: Envelope, like: PersonalValue): PersonalValue {
  const raw = Buffer.concat([Buffer.from(keyId, "hex"), nonce, tag, body]);
  if (typeof like === "string") return `${PREFIX}${raw.toString("base64url")}`;
  return new Uint8Array(Buffer.concat([PREFIX_BYTES, raw]));
}

/** A value as long as this one will be once it is sealed. */
export function placeholder(value: PersonalValue): PersonalValue {
  const length = typeof value === "string" ? Buffer.byteLength(value) : value.length;
  const zeros = (bytes: number) => new Uint8Array(bytes);
  const keyId = Buffer.alloc(KEY_ID_BYTES).toString("hex");
  return writeEnvelope(
    { keyId, nonce: zeros(NONCE_BYTES), tag: zeros(TAG_BYTES), body: zeros(length) },
    value,
  );
}

/** undefined: the value is not sealed. */
export function readEnvelope(value: PersonalValue): Envelope | undefined {
  const raw = rawOf(value);
  if (raw === undefined || raw.length < HEAD_BYTES) return undefined;
  const at = KEY_ID_BYTES + NONCE_BYTES;
  return {
    keyId: raw.toString("hex", 0, KEY_ID_BYTES),
    nonce: raw.subarray(KEY_ID_BYTES, at),
    tag: raw.subarray(at, HEAD_BYTES),
    body: raw.subarray(HEAD_BYTES),
  };
}

function rawOf(value: PersonalValue): Buffer | undefined {
  if (typeof value === "string")
    return value.startsWith(PREFIX) ? Buffer.from(value.slice(PREFIX.length), "base64url") : undefined;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
  const sealed = bytes.subarray(0, PREFIX_BYTES.length).equals(PREFIX_BYTES);
  return sealed ? bytes.subarray(PREFIX_BYTES.length) : undefined;
}
