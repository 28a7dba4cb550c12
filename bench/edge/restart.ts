// An edge is killed and started again, and everybody comes back at once with the cursor; before that, how long
// fresh clients wait for the snapshot of one region:
// node bench/edge/restart.ts [--sockets 2000] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cursor, ServerMessage } from "@orrery/schema/router/v1";
import type { InitOf } from "@orrery/wire";
import { issueToken, openClient } from "./client.ts";
import { REGIONS, WORLD } from "./protocol.ts";
import { serve } from "./serving.ts";

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "2000" },
    json: { type: "boolean", default: false },
  },
});
const sockets = Number(values.sockets);
/** At once on their way in: so many come before the machine's backlog is full. */
const WIDE = 100;
/** Fresh clients one after the other, for the snapshots. */
const FRESH = 200;
/** Until each has been told where it stands. */
const MARK_MS = 6_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const region = (at: number) => REGIONS[at % REGIONS.length] as string;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function each(work: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: WIDE }, async () => {
      while (next < sockets) await work(next++);
    }),
  );
}

const data = mkdtempSync(join(tmpdir(), "orrery-restart-"));
const port = await freePort();
let edge = await serve({ data, port });
try {
  const token = await issueToken(edge.url);
  const snapshots: number[] = [];
  for (let at = 0; at < FRESH; at++) {
    const startMs = performance.now();
    const client = await openClient(edge.url, { token, device: `fresh-${at}`, region: region(at) });
    snapshots.push(performance.now() - startMs);
    client.close();
  }
  snapshots.sort((a, b) => a - b);

  const cursors: InitOf<typeof Cursor>[] = [];
  await each(async (at) => {
    await openClient(edge.url, { token, device: `device-${at}`, region: region(at) }, (bytes) => {
      const { message } = ServerMessage.decode(bytes);
      if (message.case === "mark")
        cursors[at] = { worldId: WORLD, marks: message.value.marks, timeMs: Date.now() };
    });
  });
  await wait(MARK_MS);
  await edge.kill();
  edge = await serve({ data, port });
  const resumes = { gapless: 0, snapshot: 0 };
  const startMs = performance.now();
  await each(async (at) => {
    const cursor = cursors[at];
    const opening = { token, device: `device-${at}`, region: region(at), ...(cursor && { cursor }) };
    const { gapless } = await openClient(edge.url, opening, undefined, "welcome");
    resumes[gapless ? "gapless" : "snapshot"] += 1;
  });
  const resumeSeconds = (performance.now() - startMs) / 1000;
  const at = (share: number) => snapshots[Math.floor(share * (snapshots.length - 1))];
  const result = { sockets, snapshotP50Ms: at(0.5), snapshotP99Ms: at(0.99), resumeSeconds, ...resumes };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
