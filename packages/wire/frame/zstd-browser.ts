import { wireErrors } from "../catalogue.ts";
import { OrreryError } from "../errors.ts";

/** Browsers bring no synchronous zstd: say so, instead of shipping a decoder. */
function unavailable(): never {
  throw new OrreryError(wireErrors.WIRE_FRAME_CODEC, { given: "zstd in a browser; ask for no compression" });
}

export const packZstd: (bytes: Uint8Array) => Uint8Array = unavailable;
export const unpackZstd: (bytes: Uint8Array, size: number) => Uint8Array = unavailable;
