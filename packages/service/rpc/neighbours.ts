import { Code, ConnectError, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import type { DescMethod } from "@bufbuild/protobuf";
import type { Clock } from "@orrery/bus";
import {
  callOne,
  type CallTerms,
  createPool,
  createRetryBudget,
  type HealthChange,
  type Pool,
  type TargetFacts,
  type Verdict,
} from "@orrery/targets";
import { rpcOptions } from "./access.ts";
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

/** A copy of a service. */
export interface Copy extends TargetFacts {
  readonly transport: Transport;
}

/** The copies of one service, and a way to whichever of them can take a call. */
export interface NeighbourTransport extends Transport {
  readonly pool: Pool<Copy>;
}

/** Codes of a copy that is there and is not the one to ask. */
const ELSEWHERE = ["WORLD_NOT_OURS", "SERVICE_NOT_READY"];
/** Of a connection that was open: what was asked may have been done. */
const CUT: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE"]);
/** Of calls that say nothing else, ms. */
const DEADLINE_MS = 10_000;
/** A call may take a quarter of its usual deadline; twice that is slow. */
const BUDGET_SHARE = 0.25;
const USUAL_DEADLINE_MS = 2_000;
/** Whose copy has what a call is about: of so many things. */
const MOST_HOLDERS = 10_000;

/**
 * Calls to the copies of one service: of those that do well the one that takes least, or who holds what the call is about, as far as is known.
 * What fails is asked of another one only where that does no harm; one that fails or is slow rests for a while.
 * @param changed told of each change of a copy's health
 */
export function neighbourTransport(
  { definition, urls }: Neighbour,
  key: string,
  clock: Clock,
  changed: (change: HealthChange) => void = () => {},
): NeighbourTransport {
  const signed: Interceptor = (next) => (request) => {
    request.header.set(DEPLOYMENT_HEADER, key);
    return next(request);
  };
  const pool = createPool<Copy>(Math.random, changed);
  const copies = urls.map((url) => ({
    id: `${definition.id}@${url}`,
    ...{ weight: 1, zone: "" },
    transport: createConnectTransport({
      baseUrl: url + servicePath(definition.id),
      httpVersion: "1.1",
      useBinaryFormat: true,
      interceptors: [signed],
    }),
  }));
  pool.set(copies, clock.now());
  const budget = createRetryBudget();
  const around = {
    now: () => clock.now(),
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
    random: Math.random,
  };
  const holders = new Map<string, string>();

  async function ask<T>(
    method: DescMethod,
    about: string | undefined,
    terms: Pick<CallTerms, "deadlineMs" | "repeatable" | "signal">,
    call: (copy: Transport, timeoutMs: number) => Promise<T>,
  ): Promise<T> {
    const all = {
      ...classOf(method),
      holder: about === undefined ? undefined : holders.get(about),
      ...terms,
    };
    return callOne(
      pool,
      budget,
      around,
      all,
      async ({ id, transport }, timeoutMs) => {
        const answer = await call(transport, timeoutMs);
        if (about !== undefined) hold(about, id);
        return answer;
      },
      judge,
    );
  }

  function hold(about: string, id: string): void {
    holders.delete(about);
    holders.set(about, id);
    for (const oldest of holders.keys()) {
      if (holders.size <= MOST_HOLDERS) break;
      holders.delete(oldest);
    }
  }

  const termsOf = (method: DescMethod, signal: AbortSignal | undefined, timeoutMs: number | undefined) => ({
    deadlineMs: timeoutMs ?? (rpcOptions(method).deadlineMs || DEADLINE_MS),
    ...(signal && { signal }),
  });
  const aboutOf = (method: DescMethod, input: unknown) =>
    definition.aggregate === undefined ? undefined : routeOf(method, input);

  return {
    pool,
    unary: (method, signal, timeoutMs, header, input, values) =>
      ask(
        method,
        aboutOf(method, input),
        { ...termsOf(method, signal, timeoutMs), repeatable: rpcOptions(method).idempotent },
        (copy, leftMs) => copy.unary(method, signal, leftMs, header, input, values),
      ),
    async stream(method, signal, timeoutMs, header, input, values) {
      const about = aboutOf(method, undefined);
      const tried = new Set<string>();
      for (;;) {
        const holder = about === undefined ? undefined : holders.get(about);
        const lease = pool.take(clock.now(), { ...classOf(method), holder, tried });
        // It may have nothing to say for long, and stays open after that: how long says nothing of who was asked.
        lease.end("ignored", clock.now());
        try {
          return await lease.target.transport.stream(method, signal, timeoutMs, header, input, values);
        } catch (error) {
          tried.add(lease.target.id);
          if (!judge(error).untouched || tried.size === copies.length) throw error;
        }
      }
    },
  };
}

const classOf = (method: DescMethod) => ({
  callClass: `${method.parent.typeName}/${method.name}`,
  budgetMs: BUDGET_SHARE * (rpcOptions(method).deadlineMs || USUAL_DEADLINE_MS),
});

/** What a call of a service that keeps states is about: one copy has it. */
function routeOf(method: DescMethod, input: unknown): string {
  const { routeKey } = rpcOptions(method);
  const field = method.input.fields.find(({ name }) => name === routeKey);
  const value = field === undefined ? undefined : (input as Record<string, unknown>)?.[field.localName];
  return `${method.parent.typeName}/${typeof value === "string" ? value : ""}`;
}

/**
 * How a failure counts. What carries a code of ours is an answer: that a world is parked, or that a thing is not there, is no fault of who
 * says it, and whether it is worth another try whoever asked decides.
 */
function judge(error: unknown): Verdict {
  if (isNotStarted(error) || ELSEWHERE.includes(errorCodeOf(error) ?? ""))
    return { ending: "ignored", retryable: true, untouched: true };
  if (errorCodeOf(error) !== undefined) return { ending: "good", retryable: false };
  const code = error instanceof ConnectError ? error.code : undefined;
  // Nobody listens there: nothing was begun.
  const cause =
    error instanceof ConnectError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  if (code === Code.Unavailable && cause?.code === "ECONNREFUSED")
    return { ending: "gone", retryable: true, untouched: true };
  const isCut = CUT.has(cause?.code ?? "");
  if (isCut || code === Code.Unavailable || code === Code.DeadlineExceeded)
    return { ending: "failed", retryable: true };
  return { ending: code === Code.Canceled ? "ignored" : "good", retryable: false };
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
