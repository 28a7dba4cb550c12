import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import type { Clock } from "@orrery/service";
import type { AddressGuard } from "./address.ts";

export interface Answer {
  /** 0: there was none. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly latencyMs: number;
  /** Why there was no answer; empty when there was one. */
  readonly error: string;
}

export interface Outgoing {
  readonly method: "POST" | "OPTIONS";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** One HTTP request. Redirects are not followed, TLS is verified, the answer's body is not kept. */
export function post(outgoing: Outgoing, guard: AddressGuard, clock: Clock): Promise<Answer> {
  const { method, url, headers, body, timeoutMs } = outgoing;
  const began = clock.now();
  const ended = new AbortController();
  const late = new AbortController();
  void clock
    .sleep(timeoutMs, ended.signal)
    .then(() => late.abort(new Error(`no answer within ${timeoutMs} ms`)));
  const request = url.protocol === "https:" ? requestTls : requestPlain;
  return new Promise((resolve) => {
    const end = (answer: Omit<Answer, "latencyMs">) => {
      ended.abort();
      resolve({ ...answer, latencyMs: clock.now() - began });
    };
    const failed = (error: Error) => {
      const cause = late.signal.aborted ? (late.signal.reason as Error) : error;
      end({ status: 0, headers: {}, error: cause.message });
    };
    const sent = request(
      url,
      {
        method,
        headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
        lookup: guard.lookup,
        signal: late.signal,
      },
      (response) => {
        response.on("error", failed);
        response.on("end", () =>
          end({ status: response.statusCode ?? 0, headers: response.headers, error: "" }),
        );
        response.resume();
      },
    );
    sent.on("error", failed);
    sent.end(body);
  });
}
