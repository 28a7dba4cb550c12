import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { errorCodeOf, isNotStarted } from "./errors.ts";
import { servicePath } from "./inner.ts";
import { DEPLOYMENT_HEADER } from "./caller.ts";
import type { ServiceDefinition } from "../define.ts";
import type { HealthReport } from "../health.ts";
import type { Peer } from "../kit.ts";
import { describe } from "../describe.ts";

/** A service that runs in other processes of the same deployment. */
export interface Neighbour {
  readonly definition: ServiceDefinition<any>;
  /** Where its copies answer calls of this deployment: `http://127.0.0.1:7101`. */
  readonly urls: readonly string[];
}

/** Codes of a copy that is there and is not the one to ask. */
const ELSEWHERE = ["WORLD_NOT_OURS", "SERVICE_NOT_READY"];

/**
 * Calls to the copies of one service: the one that answered last is asked first; another one when it is gone or
 * does not hold the shard. A call that was begun is not repeated, unless the copy said that it did nothing.
 */
export function neighbourTransport({ definition, urls }: Neighbour, key: string): Transport {
  const signed: Interceptor = (next) => (request) => {
    request.header.set(DEPLOYMENT_HEADER, key);
    return next(request);
  };
  const copies = urls.map((baseUrl) =>
    createConnectTransport({
      baseUrl: baseUrl + servicePath(definition.id),
      httpVersion: "1.1",
      useBinaryFormat: true,
      interceptors: [signed],
    }),
  );
  let first = 0;

  async function ask<T>(call: (copy: Transport) => Promise<T>): Promise<T> {
    for (let tried = 0; ; tried++) {
      const at = (first + tried) % copies.length;
      try {
        const answer = await call(copies[at] as Transport);
        first = at;
        return answer;
      } catch (error) {
        if (tried + 1 >= copies.length || !isElsewhere(error)) throw error;
      }
    }
  }

  return {
    unary: (method, signal, timeoutMs, header, input, values) =>
      ask((copy) => copy.unary(method, signal, timeoutMs, header, input, values)),
    stream: (method, signal, timeoutMs, header, input, values) =>
      ask((copy) => copy.stream(method, signal, timeoutMs, header, input, values)),
  };
}

function isElsewhere(error: unknown): boolean {
  if (isNotStarted(error) || ELSEWHERE.includes(errorCodeOf(error) ?? "")) return true;
  if (!(error instanceof ConnectError) || error.code !== Code.Unavailable) return false;
  // Nobody listens there: nothing was begun.
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code === "ECONNREFUSED";
}

const REPORT_MS = 1_000;

/** How a neighbour is, asked of it; of several copies the first that answers. */
export function neighbourPeer({ definition, urls }: Neighbour): Peer {
  return {
    ...describe(definition),
    async report() {
      for (const url of urls) {
        const health = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(REPORT_MS) }).then(
          async (response) => (await response.json()) as { services: Record<string, HealthReport> },
          () => undefined,
        );
        const report = health?.services[definition.id];
        if (report !== undefined) return report;
      }
      const problem = `no process answers at ${urls.join(", ")}`;
      const checks = [{ name: "process", kind: "progress", problem } as const];
      return { healthy: false, ready: false, degraded: false, checks, unsent: undefined, facts: {} };
    },
  };
}
