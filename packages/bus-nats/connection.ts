import {
  JetStreamApiError,
  type JetStreamClient,
  jetstream,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { AuthorizationError, connect, type NatsConnection } from "@nats-io/transport-node";
import { systemClock } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { busNatsErrors } from "./errors.ts";
import type { Resolved } from "./options.ts";

/** First version whose JetStream has what is used here. */
const LEAST = [2, 12] as const;
const API_TIMEOUT_MS = 5_000;
const FIRST_CONNECT_MS = 5_000;
/** Longest wait for what is on its way when closing. */
export const DRAIN_MS = 2_000;

export interface Connection {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** Largest message the server takes, bytes. */
  readonly maxPayload: number;
  /** Since when no server answers, Unix ms; undefined: one does. */
  awaySinceMs(): number | undefined;
  /** Calls back after each reconnection; the answer ends it. */
  onReconnect(callback: () => void): () => void;
  /** Answers that were on their way when the connection broke will not come: rejects without waiting for their time. */
  unbroken<T>(work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Rejects with `NATS_UNREACHABLE`, `NATS_REFUSED`, `NATS_NO_JETSTREAM` or `NATS_TOO_OLD`. */
export async function openConnection(options: Resolved): Promise<Connection> {
  const servers = [options.servers].flat();
  const nc = await connect({
    timeout: FIRST_CONNECT_MS,
    reconnectTimeWait: 200,
    pingInterval: 10_000,
    // A stack for every request costs more than the request.
    noAsyncTraces: true,
    ...options.connection,
    servers,
    maxReconnectAttempts: -1,
  }).catch((cause: unknown) => {
    throw new OrreryError(isRefusal(cause) ? busNatsErrors.NATS_REFUSED : busNatsErrors.NATS_UNREACHABLE, {
      given: `${servers.join(", ")}: ${messageOf(cause)}`,
      cause,
    });
  });
  try {
    checkVersion(nc.info?.version ?? "0");
    const js = jetstream(nc, { timeout: API_TIMEOUT_MS });
    const jsm = await js.jetstreamManager(true);
    return watched(nc, js, jsm);
  } catch (cause) {
    await nc.close();
    if (cause instanceof OrreryError) throw cause;
    // No answer at all says nothing about what the account has.
    const silent = cause instanceof Error && cause.name === "TimeoutError";
    throw new OrreryError(silent ? busNatsErrors.NATS_UNREACHABLE : busNatsErrors.NATS_NO_JETSTREAM, {
      given: `${servers.join(", ")}: ${messageOf(cause)}`,
      cause,
    });
  }
}

function watched(nc: NatsConnection, js: JetStreamClient, jsm: JetStreamManager): Connection {
  const listeners = new Set<() => void>();
  let awayMs: number | undefined;
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === "disconnect" || status.type === "reconnecting") awayMs ??= systemClock.now();
      if (status.type === "reconnect") awayMs = undefined;
      if (status.type === "reconnect") for (const listener of [...listeners]) listener();
    }
  })();
  const onReconnect = (callback: () => void) => {
    listeners.add(callback);
    return () => void listeners.delete(callback);
  };
  return {
    nc,
    js,
    jsm,
    maxPayload: nc.info?.max_payload ?? 1_048_576,
    awaySinceMs: () => awayMs,
    onReconnect,
    unbroken: (work) =>
      new Promise((resolve, reject) => {
        const stop = onReconnect(() => reject(new Error("the connection broke")));
        void work.then(resolve, reject).finally(stop);
      }),
    async close() {
      await atMost(DRAIN_MS, nc.flush());
      await nc.close();
    },
  };
}

function checkVersion(version: string): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return;
  throw new OrreryError(busNatsErrors.NATS_TOO_OLD, { given: version });
}

const isRefusal = (error: unknown): boolean =>
  error instanceof AuthorizationError ||
  (error instanceof Error && (/authorization|authentication/i.test(error.message) || isRefusal(error.cause)));

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The server's own number of an error; undefined when it was not the server that said it. */
export const apiCode = (error: unknown): number | undefined =>
  error instanceof JetStreamApiError ? error.code : undefined;

/** Waits for `promise`, but no longer than `ms`; never rejects, leaves no timer. */
export async function atMost(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([promise.catch(() => undefined), late]);
  clearTimeout(timer);
}
