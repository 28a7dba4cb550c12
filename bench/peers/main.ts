// Ours beside a bare `ws`, fastify and Colyseus, a core for each server and one for the load:
// node bench/peers/main.ts [--clients 1000] [--seconds 6] [--only ours,bare,colyseus] [--without-returns] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { REGIONS } from "../edge/protocol.ts";
import { type Called, overBareSocket, overColyseus, overHttp, overOurSocket } from "./calls.ts";
import { bareCrowd, colyseusCrowd, type Crowd, ourCrowd } from "./crowd.ts";
import { calling, type Pinned, pinLoad, pinned } from "./pinned.ts";

const { values } = parseArgs({
  options: {
    clients: { type: "string", default: "1000" },
    seconds: { type: "string", default: "6" },
    only: { type: "string", default: "ours,bare,colyseus" },
    "without-returns": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const clients = Number(values.clients);
const seconds = Number(values.seconds);
/** Events a second in each region. */
const FEW = 20;
const MANY = 200;
const AWAY_MS = 2_000;
const SETTLE_MS = 2_000;
const OURS = join(import.meta.dirname, "../edge/server.ts");
const BARE = join(import.meta.dirname, "bare.ts");
const COLYSEUS = join(import.meta.dirname, "colyseus.ts");
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Kind {
  start(options: object): Promise<Pinned>;
  crowd(url: string): Promise<Crowd>;
  socketCalls(server: Pinned): Promise<Called>;
  /** Undefined: it serves none. */
  httpCalls?(server: Pinned): Promise<Called>;
}

const kinds: Record<string, Kind> = {
  ours: {
    start: (options) => pinned(OURS, options),
    crowd: (url) => ourCrowd(clients, url),
    socketCalls: (server) => overOurSocket(server, seconds),
    httpCalls: (server) => overHttp(server, seconds, true),
  },
  bare: {
    start: (options) => pinned(BARE, options),
    crowd: async () => bareCrowd(clients),
    socketCalls: (server) => overBareSocket(server, seconds),
    httpCalls: (server) => overHttp(server, seconds, false),
  },
  colyseus: {
    start: (options) => pinned(COLYSEUS, options),
    crowd: async () => colyseusCrowd(clients),
    socketCalls: (server) => overColyseus(server, seconds),
  },
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** CPU of a core, and deliveries of batches, under so many events a second in each region. */
async function fanOut(server: Pinned, crowd: Crowd, perRegion: number) {
  await server.load({ eventsPerS: perRegion * REGIONS.length, transactionalShare: 0.25 });
  await wait(SETTLE_MS);
  const [before, from, startMs] = [await server.usage(), crowd.messages(), performance.now()];
  await wait(seconds * 1000);
  const [after, to] = [await server.usage(), crowd.messages()];
  const elapsedMs = performance.now() - startMs;
  return {
    /** Also when this machine gives it less than it could use: CPU for each batch that a client got. */
    usABatch: ((after.cpuMs - before.cpuMs) * 1000) / (to - from),
    core: (after.cpuMs - before.cpuMs) / elapsedMs,
    kernel: (after.systemMs - before.systemMs) / elapsedMs,
    batchesAClientPerS: (to - from) / clients / (elapsedMs / 1000),
  };
}

/** All are cut off and come back after two seconds. */
async function cutAndBack(kind: Kind, server: Pinned, crowd: Crowd, perRegion: number) {
  await server.load({ eventsPerS: perRegion * REGIONS.length, transactionalShare: 0.25 });
  await wait(SETTLE_MS);
  crowd.cut();
  await wait(AWAY_MS);
  return back(kind, server, crowd);
}

/** All come in again while others call. */
async function back(kind: Kind, server: Pinned, crowd: Crowd) {
  const caller = kind.httpCalls && (await calling(server, kind === kinds["ours"]));
  const coming = await crowd.come(server.url);
  return { ...coming, callsP99Ms: await caller?.stop() };
}

async function measure(kind: Kind) {
  const data = mkdtempSync(join(tmpdir(), "orrery-peers-"));
  const port = await freePort();
  let server = await kind.start({ data, port });
  try {
    const calls = { socket: await kind.socketCalls(server), http: await kind.httpCalls?.(server) };
    const crowd = await kind.crowd(server.url);
    await server.load({ eventsPerS: REGIONS.length, transactionalShare: 0 });
    await crowd.come(server.url);
    const few = await fanOut(server, crowd, FEW);
    const many = await fanOut(server, crowd, MANY);
    // What the process does beside serving anybody: a world's own services, its journal, what is published.
    crowd.cut();
    const alone = await fanOut(server, crowd, FEW);
    const costs = { calls, alone, few, many };
    if (values["without-returns"]) return costs;
    await crowd.come(server.url);
    const cutFew = await cutAndBack(kind, server, crowd, FEW);
    const cutMany = await cutAndBack(kind, server, crowd, MANY);
    await wait(SETTLE_MS);
    crowd.cut();
    await server.kill();
    server = await kind.start({ data, port });
    await server.load({ eventsPerS: MANY * REGIONS.length, transactionalShare: 0.25 });
    const killed = await back(kind, server, crowd);
    return { ...costs, cutFew, cutMany, killed };
  } finally {
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
}

pinLoad();
const result: Record<string, Awaited<ReturnType<typeof measure>>> = {};
for (const name of values.only.split(",")) {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`no kind ${name}`);
  result[name] = await measure(kind);
}
console.log(values.json ? JSON.stringify(result) : JSON.stringify(result, undefined, 2));
process.exit(0);
