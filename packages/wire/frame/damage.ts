import { wireErrors } from "../catalogue.ts";
import { OrreryError } from "../errors.ts";

export function failDamaged(what: string, cause?: unknown): never {
  throw new OrreryError(wireErrors.WIRE_FRAME_DAMAGED, { given: what, cause });
}

/** Runs a reader of frames: whatever it finds wrong with the bytes is a damaged frame. */
export function readingFrame<R>(read: () => R): R {
  try {
    return read();
  } catch (error) {
    if (error instanceof OrreryError && error.code.startsWith("WIRE_FRAME_")) throw error;
    return failDamaged(error instanceof Error ? error.message : String(error), error);
  }
}
