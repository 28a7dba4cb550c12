// The event-bus service alone, on a data folder that other processes publish to. Ends with its parent.
//   node bench/journal/service.ts <data folder>
import { join } from "node:path";
import { openEmbeddedTransport } from "@orrery/bus";
import eventBus from "@orrery/event-bus";
import { FleetService, JournalService } from "@orrery/schema/bus/v1";
import { createLogger, startHost } from "@orrery/service";
import { timeFinds } from "./find.ts";
import { startTails } from "./tails.ts";

const ADMIN = { role: "admin", id: "bench", scopes: [] } as const;
const data = process.argv[2] as string;
const host = await startHost({
  services: [eventBus],
  transport: openEmbeddedTransport({ dir: join(data, "bus") }),
  outsideTypes: ["*"],
  storeUrl: (id) => join(data, id, "store.db"),
  dataFolder: data,
  log: createLogger("error"),
  port: 0,
});
let endTails: ReturnType<typeof startTails> | undefined;
process.on("disconnect", () => process.exit(0));
process.on("message", async (asked) => {
  if (asked === "stop") {
    await host.stop();
    process.disconnect();
    return;
  }
  if (asked === "lag") {
    const { lags } = await host.directory.client(FleetService, ADMIN).lag({ subscription: "" });
    process.send?.(lags.map(({ subscription, events, state }) => ({ subscription, events, state })));
    return;
  }
  if (typeof asked === "string" && asked.startsWith("tail")) {
    const [word, number, manner] = asked.split(" ");
    if (word === "tailed") process.send?.(await endTails?.(Number(number)));
    else {
      const client = host.directory.client(JournalService, ADMIN);
      const newest = (await client.query({ worldId: "ledger", pageSize: 1 })).newest;
      endTails = startTails(client, Number(number), newest, manner === "steady");
      process.send?.("tailing");
    }
    return;
  }
  if (asked === "find") {
    process.send?.(await timeFinds(host.directory.client(JournalService, ADMIN)));
    return;
  }
  const { heapUsed } = process.memoryUsage();
  process.send?.({ heapBytes: heapUsed, health: host.running().map(({ kit }) => kit.health.report()) });
});
process.send?.({ url: host.url });
