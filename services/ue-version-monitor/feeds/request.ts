import type { Clock } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { engineErrors } from "../errors.ts";
import { limitedUntil } from "./limits.ts";

/** What an answer is known by; empty: it has no such name. */
export interface Validators {
  readonly etag: string;
  readonly lastModified: string;
}

export interface Got extends Validators {
  /** It is as it was: there is no body. */
  readonly unchanged: boolean;
  readonly body: string;
  readonly link: string;
  /** Until then it wants no other request, Unix ms; undefined: it does not say so. */
  readonly untilMs: number | undefined;
}

/**
 * Asks for an address, saying what is known of it.
 * @throws ENGINE_SOURCE_LIMITED, ENGINE_SOURCE_UNAUTHORISED, ENGINE_SOURCE_TOO_LARGE, ENGINE_FEED
 */
export type Get = (url: string, accept: string, known?: Validators) => Promise<Got>;

export interface Asking {
  readonly clock: Clock;
  /** On the host's clock, Unix ms. */
  nowMs(): number;
  /** Undefined: there is none. */
  readonly token: string | undefined;
  /** Name of the variable that holds it; empty: none is named. */
  readonly tokenEnv: string;
  /** Told of each answer: requests left, and until when none is wanted. */
  heard(left: number | undefined, untilMs: number | undefined): void;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;
export const BODY_MOST = 4 * 1_048_576;

/** One request at a time, of one source. */
export const getter =
  ({ clock, nowMs, token, tokenEnv, heard, signal }: Asking): Get =>
  async (url, accept, known) => {
    const late = new AbortController();
    const ended = new AbortController();
    void clock.sleep(TIMEOUT_MS, ended.signal).then(() => late.abort());
    try {
      const response = await fetch(url, {
        headers: {
          accept,
          "user-agent": "orrery-version-monitor",
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(known?.etag && { "if-none-match": known.etag }),
          ...(known?.lastModified && { "if-modified-since": known.lastModified }),
        },
        // Where a feed has moved to is for an operator to say: its host may lead anywhere.
        redirect: "manual",
        signal: AbortSignal.any([signal, late.signal]),
      });
      const { status, headers } = response;
      // A limit is told in words alone now and then.
      const words = status === 403 ? (await bodyOf(response, url)).slice(0, 2_000) : "";
      const until = limitedUntil(status, headers, nowMs(), /\brate limit\b/i.test(words));
      const left = headers.get("x-ratelimit-remaining");
      heard(left !== null && /^\d{1,9}$/.test(left) ? Number(left) : undefined, until);
      if (status !== 200 && status !== 403) await response.body?.cancel();
      refuse(url, status, until, { token, tokenEnv });
      return {
        unchanged: status === 304,
        etag: headers.get("etag") ?? known?.etag ?? "",
        lastModified: headers.get("last-modified") ?? known?.lastModified ?? "",
        link: headers.get("link") ?? "",
        untilMs: until,
        body: status === 304 ? "" : await bodyOf(response, url),
      };
    } catch (cause) {
      if (cause instanceof OrreryError) throw cause;
      const why = late.signal.aborted ? `no answer within ${TIMEOUT_MS / 1_000} s` : reasonOf(cause);
      throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${placeOf(url)}: ${why}`, cause });
    } finally {
      ended.abort();
    }
  };

function refuse(
  url: string,
  status: number,
  untilMs: number | undefined,
  { token, tokenEnv }: Pick<Asking, "token" | "tokenEnv">,
): void {
  if (status === 200 || status === 304) return;
  if (untilMs !== undefined)
    throw new OrreryError(engineErrors.ENGINE_SOURCE_LIMITED, {
      given: `${placeOf(url)} answered ${status}, until ${new Date(untilMs).toISOString()}`,
    });
  if (status === 401 || status === 403 || (status === 404 && token === undefined))
    throw new OrreryError(engineErrors.ENGINE_SOURCE_UNAUTHORISED, {
      given: `${placeOf(url)} answered ${status}: the repository is private to linked accounts: set ${tokenEnv || "a token_env in engines.yaml"}`,
    });
  throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${placeOf(url)} answered ${status}` });
}

async function bodyOf(response: Response, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body ?? []) {
    size += piece.length;
    if (size > BODY_MOST)
      throw new OrreryError(engineErrors.ENGINE_SOURCE_TOO_LARGE, { given: placeOf(url) });
    pieces.push(piece);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

/** Without what may be a secret in it. */
export function placeOf(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return "its address";
  }
}

/** What `fetch` says stands in the cause of what it throws. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: { message?: string; code?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? String(error);
};
