// Text through the web's encoders.
const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Writes `text` as UTF-8; the buffer has room for three bytes a code unit. A lone surrogate becomes U+FFFD. */
export function writeUtf8(bytes: Uint8Array, offset: number, text: string): number {
  return encoder.encodeInto(text, bytes.subarray(offset)).written;
}

/** Reads bytes known to be ASCII. */
export function readAscii(bytes: Uint8Array, start: number, end: number): string {
  return strict.decode(bytes.subarray(start, end));
}

/** Reads UTF-8; throws a TypeError when it is not. A leading U+FEFF is text. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  return strict.decode(bytes.subarray(start, end));
}
