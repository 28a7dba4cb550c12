import { defineService } from "@orrery/service";
import { config } from "./config.ts";
import { shipped } from "./data/part.ts";
import { figures } from "./figures.ts";
import { sessions } from "./hear/sessions.ts";
import { settings } from "./hear/settings.ts";
import { erasing } from "./keep/erasing.ts";
import { sweeps } from "./keep/sweeps.ts";
import { performance as tables } from "./migrations/001-performance.ts";
import { performanceRpc } from "./rpc.ts";
import { reports } from "./session/reports.ts";
import { keeper } from "./write/keeper.ts";

export default defineService({
  id: "performance-mode",
  summary: "How much each client shows and how often it is told; holds frame budgets by itself.",
  config,
  parts: [shipped, keeper, reports, sessions, settings, erasing, figures, sweeps],
  rpc: [performanceRpc],
  migrations: { "001-performance": tables },
});
