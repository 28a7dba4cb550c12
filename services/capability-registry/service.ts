import { defineService } from "@orrery/service";
import { catalogue } from "./catalogue/part.ts";
import { figures } from "./figures.ts";
import { hearsay } from "./hearsay/part.ts";
import { catalogue as catalogueTables } from "./migrations/002-catalogue.ts";
import { registry as registryTables } from "./migrations/001-registry.ts";
import { instances } from "./registry/part.ts";
import { featureRpc } from "./rpc/features.ts";
import { registryRpc } from "./rpc/registry.ts";
import { deadLetters } from "./sessions/dead-letters.ts";
import { sessions } from "./sessions/sessions.ts";
import { upgrades } from "./upgrades/part.ts";

export default defineService({
  id: "capability-registry",
  summary:
    "What can be done right now: which services are alive and how loaded, and what an engine can show.",
  parts: [instances, hearsay, catalogue, upgrades, sessions, deadLetters, figures],
  rpc: [registryRpc, featureRpc],
  migrations: { "001-registry": registryTables, "002-catalogue": catalogueTables },
});
