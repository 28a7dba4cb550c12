// processes.ts, or another program, on NATS JetStream and PostgreSQL, each started here; exit 3 where there is no nats-server:
//   node bench/kill9/with-nats.ts [--program=../replay/main.ts] [options of the program]
import { findNatsServer, startNatsServer } from "@orrery/bus-nats/testing";
import { NOT_RUN, runOn } from "./on-broker.ts";

if (findNatsServer() === undefined) {
  console.error("no nats-server here: put it in PATH or name it in NATS_SERVER");
  process.exit(NOT_RUN);
}
const nats = await startNatsServer({ syncAlways: true });
await runOn({ option: ["--nats", nats.address], close: () => nats.close() });
