import { OrreryError } from "@orrery/wire";
import type { z } from "zod";
import { engineErrors } from "../errors.ts";

/** @throws ENGINE_FEED with where in it */
export function readJson<S extends z.ZodType>(place: string, text: string, shape: S): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The parser quotes what it read, which may be anything.
    const at = / at position \d+(?: \(line \d+ column \d+\))?/.exec((cause as Error).message)?.[0] ?? "";
    throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${place}: no JSON${at}` });
  }
  const found = shape.safeParse(value);
  if (found.success) return found.data;
  const issue = found.error.issues[0];
  throw new OrreryError(engineErrors.ENGINE_FEED, {
    given: `${place}: at ${issue?.path.join(".") || "its beginning"}: ${issue?.message}`,
  });
}

/** Unix ms of an ISO 8601 or RFC 822 moment; 0: it is none. */
export function momentOf(text: string | null | undefined): number {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? 0 : at;
}
