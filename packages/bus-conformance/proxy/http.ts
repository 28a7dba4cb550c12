import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Call, callOf, errorAnswer, type Messages, messagesOf, withoutEntries } from "./aws-calls.ts";

/** How likely each mishap is, 0..1, for every call by itself. */
export interface HttpFaults {
  /** Refused as too many; nothing happens. */
  readonly throttled: number;
  /** Answered 503; nothing happens. */
  readonly unavailable: number;
  /** It happens, and the reply is lost. */
  readonly replyLost: number;
  /** Of a batch, 1 to 9 of its entries fail and the others happen. */
  readonly partial: number;
  /** A received message comes once more, as a standard queue may do; never on a FIFO queue. */
  readonly repeated: number;
  /** Received messages come in another order; never on a FIFO queue. */
  readonly reordered: number;
  /** Refused for credentials that have run out. */
  readonly expired: number;
  /** Waits this long before anything, ms, ± half. */
  readonly slowMs: number;
}

export const NO_HTTP_FAULTS: HttpFaults = {
  throttled: 0,
  unavailable: 0,
  replyLost: 0,
  partial: 0,
  repeated: 0,
  reordered: 0,
  expired: 0,
  slowMs: 0,
};

/** Between a client and an emulator of SNS and SQS. */
export interface HttpProxy {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Mishaps so far, by name. */
  readonly counts: Readonly<Record<string, number>>;
  set(faults: Partial<HttpFaults>): void;
  /** Ends every connection at once. */
  cut(): void;
  close(): Promise<void>;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const REMEMBERED = 50;

/** @param target `http://127.0.0.1:<port>` of the emulator; @param random 0..1 */
export async function startHttpProxy(target: string, random: () => number): Promise<HttpProxy> {
  const { hostname, port } = new URL(target);
  const counts: Record<string, number> = {};
  let faults = NO_HTTP_FAULTS;
  /** Messages that were handed out lately, by queue. */
  const seen = new Map<string, Messages>();

  const happens = (name: Exclude<keyof HttpFaults, "slowMs">) => {
    const strikes = faults[name] > 0 && random() < faults[name];
    if (strikes) counts[name] = (counts[name] ?? 0) + 1;
    return strikes;
  };

  function forward(
    method: string,
    path: string,
    headers: IncomingHttpHeaders,
    body: Buffer,
  ): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { hostname, port, method, path, headers: { ...headers, "content-length": String(body.length) } },
        (response) => {
          const pieces: Buffer[] = [];
          response.on("data", (piece: Buffer) => pieces.push(piece));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 502,
              headers: response.headers,
              body: Buffer.concat(pieces),
            }),
          );
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Other messages, or in another order; what the queue itself says stays. */
  function disturbed(call: Call, answered: Answered): Answered {
    if (call.name !== "ReceiveMessage" || answered.status !== 200 || call.queue.endsWith(".fifo"))
      return answered;
    const answer = JSON.parse(answered.body.toString()) as { Messages?: Messages };
    let messages = messagesOf(answer);
    const known = seen.get(call.queue) ?? [];
    const again = known[Math.floor(random() * known.length)];
    seen.set(call.queue, [...known, ...messages].slice(-REMEMBERED));
    if (again !== undefined && messages.length < 10 && happens("repeated")) messages = [...messages, again];
    if (messages.length > 1 && happens("reordered")) messages = messages.toReversed();
    return { ...answered, body: Buffer.from(JSON.stringify({ ...answer, Messages: messages })) };
  }

  async function answer(
    call: Call,
    method: string,
    path: string,
    headers: IncomingHttpHeaders,
  ): Promise<Answered | "lost"> {
    if (faults.slowMs > 0)
      await new Promise((resolve) => setTimeout(resolve, faults.slowMs * (0.5 + random())));
    if (happens("throttled")) return errorAnswer(call, 400, "Throttling", "Rate exceeded");
    if (happens("unavailable"))
      return errorAnswer(call, 503, "ServiceUnavailable", "The service is unavailable");
    if (happens("expired")) return errorAnswer(call, 403, "ExpiredToken", "The security token is expired");
    const partial = call.entries > 1 && happens("partial");
    const fewer = partial ? withoutEntries(call, 1 + Math.floor(random() * (call.entries - 1))) : undefined;
    const answered = await forward(method, path, headers, fewer?.body ?? call.body);
    if (happens("replyLost")) return "lost";
    return fewer === undefined
      ? disturbed(call, answered)
      : { ...answered, body: fewer.merge(answered.body) };
  }

  const server: Server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on("data", (piece: Buffer) => pieces.push(piece));
    incoming.on("error", () => outgoing.destroy());
    incoming.on("end", () => {
      const call = callOf(incoming.headers, Buffer.concat(pieces));
      answer(call, incoming.method ?? "POST", incoming.url ?? "/", incoming.headers).then(
        (result) => {
          if (result === "lost") return outgoing.socket?.resetAndDestroy();
          const { "transfer-encoding": _, ...headers } = result.headers;
          outgoing.writeHead(result.status, { ...headers, "content-length": String(result.body.length) });
          outgoing.end(result.body);
        },
        () => outgoing.socket?.resetAndDestroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    set: (changed) => void (faults = { ...NO_HTTP_FAULTS, ...changed }),
    cut: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
