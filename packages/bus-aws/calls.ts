import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { busErrors, type Clock } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createBackoff } from "./backoff.ts";
import type { Api, Counted } from "./counted.ts";
import { coded, faultOf, isRetryable } from "./fault.ts";
import type { Resolved } from "./options.ts";

/** One request, ready to go through the client that fits it. */
export interface Call<T> {
  readonly api: Api;
  /** Payload as AWS counts it; 0 for calls without one. */
  readonly bytes?: number;
  readonly entries?: number;
  send(clients: Clients, signal: AbortSignal): Promise<T>;
}

export interface Clients {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** For receives, which hold their connection for up to 20 s. */
  readonly polls: SQSClient;
}

export interface Calls {
  readonly counted: Counted;
  /** Once; throws what the SDK throws. */
  once<T>(call: Call<T>, signal?: AbortSignal): Promise<T>;
  /** Until it is answered, within the outage that is allowed. @throws an OrreryError */
  retried<T>(call: Call<T>): Promise<T>;
  close(): void;
}

const CONNECT_MS = 3_000;
const SHORT_MS = 10_000;
const SHORT_SOCKETS = 64;
/** One for each consumer that waits, and some. */
const POLL_SOCKETS = 1_024;
/** A receive that is not answered this long after its wait is given up: the connection is half open. */
const POLL_GRACE_MS = 5_000;

export function createCalls(options: Resolved, clock: Clock, counted: Counted): Calls {
  const closing = new AbortController();
  const handler = (sockets: number, requestTimeout: number) => {
    const pool = { keepAlive: true, maxSockets: sockets };
    return new NodeHttpHandler({
      connectionTimeout: CONNECT_MS,
      requestTimeout,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent(pool),
      httpsAgent: new HttpsAgent(pool),
    });
  };
  // Receives would otherwise take the connections that deletes and publishes need. Retries are ours: each is a call.
  const short = { requestHandler: handler(SHORT_SOCKETS, SHORT_MS), ...shared(options) };
  const long = {
    requestHandler: handler(POLL_SOCKETS, options.waitSeconds * 1000 + POLL_GRACE_MS),
    ...shared(options),
  };
  const clients: Clients = {
    sns: new SNSClient(short),
    sqs: new SQSClient({ ...short, useQueueUrlAsEndpoint: options.endpoint === undefined }),
    polls: new SQSClient({ ...long, useQueueUrlAsEndpoint: options.endpoint === undefined }),
  };

  async function once<T>(call: Call<T>, signal?: AbortSignal): Promise<T> {
    counted.sent(call.api, call.bytes ?? 0, call.entries ?? 0);
    try {
      return await call.send(clients, signal ?? closing.signal);
    } catch (error) {
      if (signal?.aborted !== true) counted.error(call.api);
      throw error;
    }
  }

  return {
    counted,
    once,
    async retried(call) {
      const backoff = createBackoff(clock, options.outageMs, closing.signal);
      for (;;) {
        try {
          return await once(call);
        } catch (error) {
          if (closing.signal.aborted) throw new OrreryError(busErrors.BUS_CLOSED, { given: call.api });
          if (!isRetryable(faultOf(error)) || !(await backoff.pause())) throw coded(error, call.api);
        }
      }
    },
    close() {
      closing.abort();
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

const shared = ({ region, endpoint, credentials }: Resolved) => ({
  region,
  maxAttempts: 1,
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(credentials === undefined ? {} : { credentials }),
});
