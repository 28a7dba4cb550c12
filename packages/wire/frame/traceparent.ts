// W3C trace context: `00-<trace id>-<parent id>-<flags>` in 26 bytes instead of 55 characters.
import { wireErrors } from "../catalogue.ts";
import { OrreryError } from "../errors.ts";

export const TRACE_BYTES = 26;
const FORM = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function writeTraceparent(bytes: Uint8Array, p: number, traceparent: string): number {
  if (!FORM.test(traceparent)) {
    throw new OrreryError(wireErrors.WIRE_BAD_ENVELOPE, { given: `traceparent ${traceparent.slice(0, 80)}` });
  }
  let at = p;
  for (let i = 0; i < traceparent.length; i += 2) {
    if (traceparent.charCodeAt(i) === 45) i++;
    bytes[at++] = Number.parseInt(traceparent.slice(i, i + 2), 16);
  }
  return at;
}

export function readTraceparent(bytes: Uint8Array, p: number): string {
  let text = "";
  for (let i = 0; i < TRACE_BYTES; i++) {
    if (i === 1 || i === 17 || i === 25) text += "-";
    text += HEX[bytes[p + i]!]!;
  }
  return text;
}
