// How long a fresh client waits for Welcome and its region, and how well its clock agrees:
// node bench/edge/welcome.ts [--json]
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { connect } from "@orrery/client";
import { TimeService } from "@orrery/schema/time/v1";
import { REGIONS, WORLD } from "./protocol.ts";
import { issueToken } from "./client.ts";
import { serve } from "./serving.ts";

const TRIES = 20;
const READINGS = 40;
const RATE = 60;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const edge = await serve();
try {
  await edge.load({ eventsPerS: 160, transactionalShare: 0.25 });
  const waits: number[] = [];
  for (let at = 0; at < TRIES; at++) {
    const startMs = performance.now();
    const world = await connect({ url: edge.url, world: WORLD });
    const region = world.subscribe({ regions: [REGIONS[at % REGIONS.length] as string] });
    const { length } = await region.snapshot;
    if (length === 0) throw new Error("an empty snapshot");
    waits.push(performance.now() - startMs);
    world.close();
  }
  const world = await connect({ url: edge.url, world: WORLD });
  const region = world.subscribe({ regions: [REGIONS[0] as string] });
  await region.snapshot;
  const firstDelta = performance.now();
  for await (const event of region) if (!event.snapshot) break;
  const deltaMs = performance.now() - firstDelta;

  // As the console reads it: over HTTP, from the service that owns the clock.
  const token = await issueToken(edge.url);
  const transport = createConnectTransport({
    baseUrl: edge.url,
    httpVersion: "1.1",
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${token}`);
        return next(request);
      },
    ],
  });
  const time = createClient(TimeService, transport);
  const apartMs: number[] = [];
  for (let at = 0; at < READINGS; at++) {
    const before = world.clock.nowGs();
    const { now } = await time.getClock({ worldId: WORLD });
    const middle = (before + world.clock.nowGs()) / 2;
    apartMs.push((Math.abs(middle - (now?.atGs ?? Number.NaN)) / RATE) * 1000);
    await wait(25);
  }
  const result = {
    welcomeMs: Math.max(...waits),
    deltaMs,
    // A clock tells whole game seconds over RPC: at rate 60 one is 17 ms.
    clockApartMs: Math.max(...apartMs),
  };
  console.log(process.argv.includes("--json") ? JSON.stringify(result) : result);
} finally {
  await edge.kill();
}
process.exit(0);
