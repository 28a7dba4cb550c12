/** One entry of a package's error catalogue. Codes are never reused. */
export interface ErrorKind {
  /** `DOMAIN_WHAT_HAPPENED`, as in logs, replies and docs/errors.md. */
  readonly code: string;
  /** What happened, as a sentence without the case's particulars. */
  readonly summary: string;
  /** What the reader should do about it. */
  readonly todo: string;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;
}

export interface ErrorDetail {
  /** The particulars: what was given, where, against which limit. Never a secret. */
  readonly given?: string;
  readonly cause?: unknown;
  /** Earliest useful retry, ms from now. */
  readonly retryAfterMs?: number;
}

/** An error with a code of the catalogue; `message` says what happened, what was given and what to do. */
export class OrreryError extends Error {
  override readonly name = "OrreryError";
  readonly code: string;
  readonly todo: string;
  readonly retryable: boolean;
  readonly given: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ErrorKind, detail: ErrorDetail = {}) {
    const given = detail.given === undefined ? "" : ` (${detail.given})`;
    super(`${kind.code}: ${kind.summary}${given}. ${kind.todo}`, { cause: detail.cause });
    this.code = kind.code;
    this.todo = kind.todo;
    this.retryable = kind.retryable;
    this.given = detail.given;
    this.retryAfterMs = detail.retryAfterMs;
  }
}

/** Writes a catalogue: the keys are the codes. */
export function defineErrors<const K extends string>(
  entries: Record<K, Omit<ErrorKind, "code" | "retryable"> & { readonly retryable?: boolean }>,
): Readonly<Record<K, ErrorKind>> {
  const kinds = {} as Record<K, ErrorKind>;
  for (const code of Object.keys(entries) as K[]) {
    kinds[code] = { retryable: false, ...entries[code], code };
  }
  return kinds;
}

/** Whether `error` carries this code. */
export function isError(error: unknown, kind: ErrorKind): error is OrreryError {
  return error instanceof OrreryError && error.code === kind.code;
}
