import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { OrreryError, type PersonalValue } from "@orrery/wire";
import { serviceErrors } from "../errors.ts";
import { type Envelope, NONCE_BYTES, writeEnvelope } from "./envelope.ts";

const CIPHER = "aes-256-gcm";

/** A subject's key: 32 bytes. */
export interface SealKey {
  /** 32 hex digits. */
  readonly id: string;
  readonly key: Uint8Array;
}

/** Separate keys for the two uses, by HMAC with a label (RFC 5869's expand step with one block). */
const derived = (key: Uint8Array, use: string) => createHmac("sha256", key).update(`${use}\x01`).digest();

/**
 * Seals a value with AES-256-GCM. The nonce is an HMAC of place and value, as in a synthetic IV (RFC 5297): the same
 * value at the same place gives the same bytes, so a replay does; a different value never shares its nonce, even if a
 * crash gave its place to another event.
 * @param place what it belongs to: bound to it, so that it opens nowhere else
 */
export function sealValue({ id, key }: SealKey, value: PersonalValue, place: string): PersonalValue {
  const plain = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  const mac = createHmac("sha256", derived(key, "nonce")).update(`${place.length}:${place}`).update(plain);
  const nonce = mac.digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, derived(key, "seal"), nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return writeEnvelope({ keyId: id, nonce, tag: cipher.getAuthTag(), body }, value);
}

/**
 * @param like tells whether a string or bytes come out
 * @throws PERSONAL_SEAL_BROKEN
 */
export function openValue(
  { key }: Pick<SealKey, "key">,
  { nonce, tag, body }: Envelope,
  place: string,
  like: PersonalValue,
): PersonalValue {
  try {
    const decipher = createDecipheriv(CIPHER, derived(key, "seal"), nonce, { authTagLength: tag.length });
    decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
    const plain = Buffer.concat([decipher.update(body), decipher.final()]);
    return typeof like === "string" ? plain.toString("utf8") : new Uint8Array(plain);
  } catch (cause) {
    throw new OrreryError(serviceErrors.PERSONAL_SEAL_BROKEN, { given: place, cause });
  }
}
