// One of the processes that share the choir's shards; main.ts starts it and tells it what to do.
//   node bench/shards/member.ts <copy> <NATS servers> <PostgreSQL URL> <inner ports> <deployment key>
import { setTimeout } from "node:timers/promises";
import { openNatsTransport } from "@orrery/bus-nats";
import { codecs } from "@orrery/schema/registry";
import { TimerCancelled } from "@orrery/schema/time/v1";
import { createLogger, startHost } from "@orrery/service";
import { choir, service, WORLD } from "./choir.ts";

const [copy = "0", servers = "", storeUrl = "", inner = "", deploymentKey = ""] = process.argv.slice(2);
const own = Number(copy);
const ports = inner.split(",").map(Number);
const SAY_MS = 200;
const TRIES = 50;

const host = await startHost({
  services: [service],
  copies: [
    {
      definition: service,
      urls: ports.filter((_, at) => at !== own).map((port) => `http://127.0.0.1:${port}`),
    },
  ],
  deploymentKey,
  transport: await openNatsTransport({ servers: servers.split(","), leaseSeconds: 5 }),
  outsideTypes: [...codecs.keys()],
  storeUrl: () => storeUrl,
  env: {},
  instance: `choir-${copy}`,
  innerPort: ports[own] as number,
  log: createLogger("error"),
});
const worlds = host.running()[0]?.kit.part(choir);
if (worlds === undefined) throw new Error("the choir did not start");

const held = () => worlds.shards.filter((shard) => shard.has(WORLD)).map(({ shard }) => shard);
const saying = setInterval(() => process.send?.({ held: held() }), SAY_MS);

/** A shard that is being given to another process has no writer for a moment. */
async function counted() {
  for (let tries = 0; ; tries++)
    try {
      return (await worlds?.gather(WORLD, TimerCancelled, TimerCancelled, {})) ?? [];
    } catch (error) {
      if (tries === TRIES) throw error;
      await setTimeout(SAY_MS);
    }
}

process.on("message", async (order: "count" | "stop") => {
  if (order === "count") {
    const answers = await counted();
    process.send?.({ counted: answers.map(({ atGs }) => atGs) });
    return;
  }
  clearInterval(saying);
  await host.stop();
  process.disconnect();
});
