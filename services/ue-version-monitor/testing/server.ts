import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Ms that it takes. */
  readonly afterMs?: number;
}

/** Somebody else's server on this machine: answers what it is told to, and knows what it was asked. */
export interface TestServer {
  readonly url: string;
  readonly host: string;
  readonly asked: Asked[];
  /** Requests that were open at once at most. */
  readonly most: number;
  answer(how: (asked: Asked) => Reply): void;
  close(): Promise<void>;
}

export async function startServer(
  how: (asked: Asked) => Reply = () => ({ status: 404 }),
): Promise<TestServer> {
  const asked: Asked[] = [];
  let answer = how;
  let [open, most] = [0, 0];
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    most = Math.max(most, ++open);
    response.once("close", () => (open -= 1));
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = "", url = "", headers } = request;
    const one = { method, path: url, headers, body: Buffer.concat(pieces).toString() };
    asked.push(one);
    const { status = 200, headers: more = {}, body = "", afterMs = 0 } = answer(one);
    if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
    response.writeHead(status, more).end(typeof body === "string" ? body : JSON.stringify(body));
  }
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ host, asked, url: `http://${host}` },
    get most() {
      return most;
    },
    answer: (other) => (answer = other),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Answers with a body under an ETag, and 304 to whoever knows it. */
export const tagged =
  (etag: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  (asked: Asked): Reply =>
    asked.headers["if-none-match"] === etag
      ? { status: 304, headers: { etag } }
      : { headers: { etag, ...headers }, body };
