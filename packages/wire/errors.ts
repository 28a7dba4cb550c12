/**
 * What kind of failure it is, for whoever does not know the code: the canonical status codes of gRPC and Connect, with
 * their meaning there (grpc.io, "Status codes and their use in gRPC").
 */
export type ErrorStatus =
  | "cancelled"
  | "invalid_argument"
  | "deadline_exceeded"
  | "not_found"
  | "already_exists"
  | "permission_denied"
  | "resource_exhausted"
  | "failed_precondition"
  | "aborted"
  | "out_of_range"
  | "unimplemented"
  | "internal"
  | "unavailable"
  | "data_loss"
  | "unauthenticated";

/** One entry of a package's error catalogue. Codes are never reused. */
export interface ErrorKind {
  /** `DOMAIN_WHAT_HAPPENED`, as in logs, replies and docs/errors.md. */
  readonly code: string;
  readonly status: ErrorStatus;
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
  readonly status: ErrorStatus;
  readonly todo: string;
  readonly retryable: boolean;
  readonly given: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(kind: ErrorKind, detail: ErrorDetail = {}) {
    const given = detail.given === undefined ? "" : ` (${detail.given})`;
    super(`${kind.code}: ${kind.summary}${given}. ${kind.todo}`, { cause: detail.cause });
    this.code = kind.code;
    this.status = kind.status;
    this.todo = kind.todo;
    this.retryable = kind.retryable;
    this.given = detail.given;
    this.retryAfterMs = detail.retryAfterMs;
  }
}

type Entry = Omit<ErrorKind, "code" | "retryable"> & { readonly retryable?: boolean };

/** Writes a catalogue: the keys are the codes. */
export const defineErrors = defineErrorsWith<unknown>();

/** The same for a catalogue whose errors have further facts, said where each is defined. */
export function defineErrorsWith<Facts>() {
  return <const K extends string>(
    entries: Record<K, Entry & Facts>,
  ): Readonly<Record<K, ErrorKind & Facts>> => {
    const kinds = {} as Record<K, ErrorKind & Facts>;
    for (const code of Object.keys(entries) as K[])
      kinds[code] = { retryable: false, ...entries[code], code };
    return kinds;
  };
}

/** Whether `error` carries this code. */
export function isError(error: unknown, kind: ErrorKind): error is OrreryError {
  return error instanceof OrreryError && error.code === kind.code;
}
