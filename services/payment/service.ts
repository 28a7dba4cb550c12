import { defineService } from "@orrery/service";
import { sweep } from "./billing/sweep.ts";
import { watch } from "./billing/watch.ts";
import { book } from "./book.ts";
import { catalogue } from "./catalogue/part.ts";
import { config } from "./config.ts";
import { erasures } from "./erase/hear.ts";
import { figures } from "./figures.ts";
import { hooks } from "./hooks/worker.ts";
import { expiry } from "./keep/expiry.ts";
import { ledger } from "./migrations/001-ledger.ts";
import { billing as billingTables } from "./migrations/002-billing.ts";
import { refunds } from "./migrations/003-refunds.ts";
import { billing } from "./rpc/billing.ts";
import { hook } from "./rpc/hook.ts";
import { local } from "./rpc/local.ts";
import { plainly } from "./rpc/plain.ts";
import { wallet } from "./rpc/wallet.ts";
import { till } from "./till.ts";
import { worlds } from "./worlds/hear.ts";

export default defineService({
  id: "payment",
  summary: "Money of players, counted twice, and the till for real money with what it entitles to.",
  config,
  parts: [book, worlds, expiry, catalogue, till, hooks, sweep, watch, erasures, figures],
  rpc: [plainly(wallet), plainly(billing), plainly(local), hook],
  migrations: { "001-ledger": ledger, "002-billing": billingTables, "003-refunds": refunds },
});
