import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody else's server: keeps what it gets, and answers as it is told. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers of the next requests, in turn; afterwards 204. `hang`: none at all. */
  answer(...answers: (number | "hang" | { status: number; headers: Record<string, string> })[]): void;
  /** What it says to the handshake. */
  allow(headers: Record<string, string>, status?: number): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let answers: Parameters<Receiver["answer"]> = [];
  let allowed: { headers: Record<string, string>; status: number } = {
    headers: { "webhook-allowed-origin": "*" },
    status: 200,
  };
  const read = async (request: IncomingMessage) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString();
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.method === "OPTIONS") return response.writeHead(allowed.status, allowed.headers).end();
    void read(request).then((body) => {
      received.push({ headers: request.headers, body });
      const next = answers.shift() ?? 204;
      if (next === "hang") return;
      if (typeof next === "number") response.writeHead(next).end();
      else response.writeHead(next.status, next.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: (...given) => (answers = given),
    allow: (headers, status = 200) => (allowed = { headers, status }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
