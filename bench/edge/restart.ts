// An edge is killed under load and started again, and everybody comes back at once with the cursor: who published before
// is silent from then on. What clients then have is held against the journal. Before that, how long fresh clients wait
// for the snapshot of one region:
// node bench/edge/restart.ts [--sockets 2000] [--load 320] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Cursor, ServerMessage } from "@orrery/schema/router/v1";
import { openEdge } from "@orrery/cli/edge.ts";
import { WeatherSevere } from "@orrery/schema/weather/v1";
import { type InitOf, peekFrame } from "@orrery/wire";
import { issueToken, liveEvents, openClient } from "./client.ts";
import { exported } from "./exported.ts";
import { REGIONS, WORLD } from "./protocol.ts";
import { serve } from "./serving.ts";

const { values } = parseArgs({
  options: {
    sockets: { type: "string", default: "2000" },
    load: { type: "string", default: "320" },
    json: { type: "boolean", default: false },
  },
});
const sockets = Number(values.sockets);
/** At once on their way in: so many come before the machine's backlog is full. */
const WIDE = 500;
/** Held against the journal to the last event. */
const WATCHED = 64;
/** Fresh clients one after the other, for the snapshots. */
const FRESH = 200;
/** Until each has been told where it stands. */
const MARK_MS = 6_000;
const SETTLED_MS = 3_000;
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

  const load = { eventsPerS: Number(values.load), transactionalShare: 0.5 };
  const cursors: InitOf<typeof Cursor>[] = [];
  const heard = Array.from({ length: WATCHED }, () => new Set<string>());
  /** Follows where a client stands, and what it heard if it is watched. */
  const follow = (at: number) => (bytes: Uint8Array) => {
    const { message } = ServerMessage.decode(bytes);
    const marks = new Map(
      cursors[at]?.marks?.map(({ publisher = "", sequence = 0 }) => [publisher, sequence]),
    );
    let timeMs = cursors[at]?.timeMs ?? 0;
    if (message.case === "mark") {
      timeMs = Math.max(timeMs, message.value.timeMs);
      for (const { publisher, sequence } of message.value.marks)
        marks.set(publisher, Math.max(sequence, marks.get(publisher) ?? 0));
    } else if (message.case === "batch") {
      for (const frame of message.value.frames.map((frame) => peekFrame(frame))) {
        marks.set(frame.publisher, frame.lastSequence);
        timeMs = Math.max(timeMs, frame.timeMs);
      }
      if (at < WATCHED)
        for (const { type, publisher, sequence } of liveEvents(bytes))
          if (type === WeatherSevere.typeName) heard[at]?.add(`${publisher}/${sequence}`);
    } else return;
    const list = [...marks].map(([publisher, sequence]) => ({ publisher, sequence }));
    cursors[at] = { worldId: WORLD, marks: list, timeMs };
  };
  await each(async (at) => {
    await openClient(edge.url, { token, device: `device-${at}`, region: region(at) }, follow(at));
  });
  const before = await exported(await openEdge({ url: edge.url, data }), WORLD);
  await edge.load(load);
  await wait(MARK_MS);
  await edge.kill();
  edge = await serve({ data, port });
  await edge.load(load);
  const resumes = { gapless: 0, snapshot: 0 };
  const startMs = performance.now();
  await each(async (at) => {
    const cursor = cursors[at];
    const opening = { token, device: `device-${at}`, region: region(at), ...(cursor && { cursor }) };
    const { gapless } = await openClient(edge.url, opening, follow(at), "welcome");
    resumes[gapless ? "gapless" : "snapshot"] += 1;
  });
  const resumeSeconds = (performance.now() - startMs) / 1000;
  await edge.load({ ...load, eventsPerS: 0 });
  await wait(SETTLED_MS);
  const kept = await exported(await openEdge({ url: edge.url, data }), WORLD);
  const said = [...kept].filter(([id]) => !before.has(id));
  const gaps = heard.reduce(
    (sum, own, at) => sum + said.filter(([id, of]) => of === region(at) && !own.has(id)).length,
    0,
  );
  const at = (share: number) => snapshots[Math.floor(share * (snapshots.length - 1))];
  const result = {
    sockets,
    snapshotP50Ms: at(0.5),
    snapshotP99Ms: at(0.99),
    resumeSeconds,
    ...resumes,
    said: said.length,
    gaps,
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);
