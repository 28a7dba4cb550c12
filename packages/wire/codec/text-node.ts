// Text through Node's Buffer, which reads and writes without a call into the encoder's set-up.
import { Buffer } from "node:buffer";

interface NativeText {
  utf8Write(text: string, offset: number): number;
  latin1Slice(start: number, end: number): string;
}
const native = Buffer.prototype as unknown as {
  readonly [K in keyof NativeText]: (
    this: Uint8Array,
    ...given: Parameters<NativeText[K]>
  ) => ReturnType<NativeText[K]>;
};
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const { utf8Write, latin1Slice } = native;

/** Writes `text` as UTF-8; the buffer has room for three bytes a code unit. A lone surrogate becomes U+FFFD. */
export function writeUtf8(bytes: Uint8Array, offset: number, text: string): number {
  return utf8Write.call(bytes, text, offset);
}

/** Reads bytes known to be ASCII. */
export function readAscii(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end);
}

/** Reads UTF-8; throws a TypeError when it is not. A leading U+FEFF is text. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  return strict.decode(bytes.subarray(start, end));
}
