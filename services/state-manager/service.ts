import { defineService } from "@orrery/service";
import { packs } from "./collections/packs.ts";
import { collections } from "./collections/part.ts";
import { config } from "./config.ts";
import { conflicts } from "./conflicts.ts";
import { figures } from "./figures.ts";
import { forks } from "./fork/forks.ts";
import { expiry } from "./keep/expiry.ts";
import { prune } from "./keep/prune.ts";
import { objects as objectTables } from "./migrations/001-objects.ts";
import { inventory } from "./migrations/002-inventory.ts";
import { slots } from "./migrations/003-slots.ts";
import { endedWorlds } from "./migrations/004-ended-worlds.ts";
import { forks as forkTables } from "./migrations/005-forks.ts";
import { objects } from "./objects.ts";
import { rpc } from "./rpc.ts";
import { signer } from "./slots/signer.ts";

export default defineService({
  id: "state-manager",
  summary:
    "Versioned objects that outlive sessions: profiles, inventories, save slots, with history and watch.",
  config,
  parts: [collections, objects, packs, conflicts, signer, forks, expiry, prune, figures],
  rpc: [rpc],
  migrations: {
    "001-objects": objectTables,
    "002-inventory": inventory,
    "003-slots": slots,
    "004-ended-worlds": endedWorlds,
    "005-forks": forkTables,
  },
});
