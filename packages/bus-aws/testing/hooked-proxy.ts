import { createServer, request as send, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What an API call asked for, as far as a test wants to know. */
export interface Asked {
  /** `PublishBatch`, `ReceiveMessage` …. */
  readonly action: string;
  readonly body: string;
}

/** `lose-reply`: the emulator does it, and the connection breaks before the answer. */
export type Answer = { readonly status: number; readonly body: string } | "lose-reply" | undefined;

export interface HookedProxy {
  readonly endpoint: string;
  /** Asked for every call; undefined lets it through. */
  hook: (asked: Asked) => Answer;
  close(): Promise<void>;
}

/** An error as SQS says it (JSON); the SNS client reads the status and the code as well. */
export const awsError = (status: number, code: string, message = code): Answer => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }),
});

/** An error as SNS says it. */
export const snsError = (status: number, code: string, message = code): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

export async function startHookedProxy(target: string): Promise<HookedProxy> {
  const to = new URL(target);
  const proxy = { hook: (): Answer => undefined } as { hook: (asked: Asked) => Answer };
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const text = body.toString("latin1");
      const named = String(incoming.headers["x-amz-target"] ?? "").split(".")[1];
      const action = named ?? new URLSearchParams(text).get("Action") ?? "";
      const answer = proxy.hook({ action, body: text });
      if (typeof answer === "object") {
        const type = answer.body.startsWith("<") ? "text/xml" : "application/x-amz-json-1.0";
        outgoing.writeHead(answer.status, { "content-type": type }).end(answer.body);
        return;
      }
      const { hostname, port } = to;
      const { method, url: path, headers } = incoming;
      const forwarded = send({ hostname, port, method, path, headers }, (reply) => {
        if (answer === "lose-reply") {
          reply.resume().on("end", () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(outgoing);
      });
      forwarded.on("error", () => incoming.socket.destroy());
      outgoing.on("close", () => forwarded.destroy());
      forwarded.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}
