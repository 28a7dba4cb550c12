import type { Outcome, Statement } from "./sqlite-work.ts";

/** From here on a buffer is handed over rather than copied. */
const HANDED_OVER_BYTES = 8 * 1024;

/** An error as it crosses: what is cloned of one has no code. */
interface Crossed {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
}

export type CrossedOutcome = Exclude<Outcome, { readonly error: unknown }> | { readonly failed: Crossed };

const KINDS: Readonly<Record<string, ErrorConstructor>> = { Error, TypeError, RangeError };

/**
 * Values as they cross. The caller's buffers stay the caller's: of a large one, or a view of a larger one (which would
 * be cloned with all that it is cut from), a copy is made and handed over.
 */
export function crossing(
  statements: readonly Statement[],
): readonly [statements: readonly Statement[], handedOver: ArrayBuffer[]] {
  const handedOver: ArrayBuffer[] = [];
  const own = (value: unknown): unknown => {
    if (!(value instanceof Uint8Array)) return value;
    if (value.byteLength < HANDED_OVER_BYTES && value.byteLength === value.buffer.byteLength) return value;
    const copy = new Uint8Array(value);
    if (copy.byteLength >= HANDED_OVER_BYTES) handedOver.push(copy.buffer);
    return copy;
  };
  return [statements.map(({ sql, parameters }) => ({ sql, parameters: parameters.map(own) })), handedOver];
}

/** On the way back: large values of rows are handed over, since nobody else has them. */
export function crossingBack(
  outcome: Outcome,
): readonly [outcome: CrossedOutcome, handedOver: ArrayBuffer[]] {
  if ("error" in outcome) return [{ failed: crossed(outcome.error) }, []];
  const handedOver: ArrayBuffer[] = [];
  for (const { rows } of outcome.results)
    for (const row of rows)
      for (const value of Object.values(row))
        if (value instanceof Uint8Array && value.byteLength >= HANDED_OVER_BYTES)
          handedOver.push(value.buffer as ArrayBuffer);
  return [outcome, handedOver];
}

export function crossedOver(outcome: CrossedOutcome): Outcome {
  if (!("failed" in outcome)) return outcome;
  const { name, message, stack, facts } = outcome.failed;
  const error = new (KINDS[name] ?? Error)(message);
  return { error: Object.assign(error, facts, stack !== undefined && { stack }) };
}

function crossed(error: unknown): Crossed {
  if (!(error instanceof Error))
    return { name: "Error", message: String(error), stack: undefined, facts: {} };
  const { name, message, stack } = error;
  return { name, message, stack, facts: { ...error } };
}
