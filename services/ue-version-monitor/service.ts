import { defineService } from "@orrery/service";
import { config } from "./config.ts";
import { known } from "./drafts/known.ts";
import { figures } from "./figures.ts";
import { keeper } from "./keep/keeper.ts";
import { engine } from "./migrations/001-engine.ts";
import { notices } from "./notices/part.ts";
import { scheduler } from "./polling/scheduler.ts";
import { rpc } from "./rpc.ts";
import { hook } from "./rpc/hook.ts";
import { runnersOf } from "./runners/part.ts";
import { subjects } from "./subjects/part.ts";
import { played } from "./upgrades/canary.ts";
import { worker } from "./upgrades/worker.ts";

export default defineService({
  id: "ue-version-monitor",
  summary: "Versions of what a game is built on, said once, and upgrades to them in guarded steps.",
  config,
  parts: [subjects, keeper, scheduler, runnersOf, worker, played, known, notices, figures],
  rpc: [rpc, hook],
  migrations: { "001-engine": engine },
});
