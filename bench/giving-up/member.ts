// The process that is killed: one service on the broker it is told of. Says "ready" to whoever started it, and is
// mended when that says so.
import { TimerCancelled } from "@orrery/schema/time/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, startHost } from "@orrery/service";
import { moodyService } from "./moods.ts";
import { type At, openAt } from "./stage.ts";

const { at, database, seed, mended } = JSON.parse(process.argv[2] ?? "{}") as {
  at: At;
  database: string;
  seed: number;
  mended: boolean;
};
let isMended = mended;
process.on("message", () => (isMended = true));
process.on("disconnect", () => process.exit());

await startHost({
  services: [moodyService(seed, `${database}.taken`, () => isMended)],
  transport: await openAt(at),
  outsideTypes: [WorldArchived.typeName, WorldCreated.typeName, TimerCancelled.typeName],
  storeUrl: () => database,
  env: {},
  log: createLogger("fatal"),
  retry: {
    inProcess: { attempts: 2, firstDelayMs: 5, factor: 2, maxDelayMs: 10 },
    atBroker: { rounds: 1, firstDelayMs: 40, factor: 2, maxDelayMs: 100 },
  },
});
process.send?.("ready");
