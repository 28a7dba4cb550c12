// Somebody else's server for `webhooks.ts`: agrees to everything, keeps what it gets, and answers as it is told:
// `well`, `once` (each key's first event gets a 500, or an answer that is too late, then a 204) or `twice`
// (it gets a 500, then an answer that is too late, then a 204).
//   node bench/event-bus/endpoint.ts <well|once|twice> <ms of a late answer>
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface Got {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly atMs: number;
  readonly answered: "well" | "error" | "late";
}

const [temper = "well", lateMs = "0"] = process.argv.slice(2);
const got: Got[] = [];
const firstOfKey = new Map<string, string>();
const attempts = new Map<string, number>();

function answerTo(id: string, key: string): Got["answered"] {
  if (temper === "well") return "well";
  const index = [...firstOfKey.keys()].indexOf(key);
  if (index < 0) firstOfKey.set(key, id);
  else if (firstOfKey.get(key) !== id) return "well";
  const attempt = (attempts.get(id) ?? 0) + 1;
  attempts.set(id, attempt);
  if (temper === "twice") return attempt === 1 ? "error" : attempt === 2 ? "late" : "well";
  if (attempt > 1) return "well";
  return firstOfKey.size % 2 === 0 ? "late" : "error";
}

async function read(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

const server = createServer(async (request, response) => {
  if (request.method === "OPTIONS") {
    response.writeHead(200, { "webhook-allowed-origin": "*" }).end();
    return;
  }
  const body = await read(request);
  const headers = request.headers as Record<string, string>;
  const { subject } = JSON.parse(body) as { readonly subject: string };
  const answered = answerTo(headers["webhook-id"] ?? "", subject);
  got.push({ path: request.url ?? "", headers, body, atMs: Date.now(), answered });
  if (answered === "late") await setTimeout(Number(lateMs));
  response.writeHead(answered === "error" ? 500 : 204).end();
});
process.on("disconnect", () => process.exit(0));
process.on("message", (asked) => process.send?.(asked === "count" ? got.length : got));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
