import { defineService } from "@orrery/service";
import { letterBook } from "./dead-letters/book.ts";
import { config } from "./config.ts";
import { deadLetterRpc } from "./dead-letters/rpc.ts";
import { erasing } from "./erasing/part.ts";
import { personalRpc, subjectKeyRpc } from "./erasing/rpc.ts";
import { figures } from "./figures.ts";
import { fleetRpc } from "./fleet-rpc.ts";
import { journalRpc } from "./journal-rpc.ts";
import { journal } from "./journal/part.ts";
import { fleet } from "./lag.ts";
import { journal as journalTables } from "./migrations/001-journal.ts";
import { deadLetters } from "./migrations/003-dead-letters.ts";
import { forks } from "./migrations/002-forks.ts";
import { webhooks as webhookTables } from "./migrations/004-webhooks.ts";
import { retention } from "./migrations/005-retention.ts";
import { schemas as schemaTables } from "./migrations/006-schemas.ts";
import { subjectKeys } from "./migrations/007-subject-keys.ts";
import { endedWorlds } from "./migrations/008-ended-worlds.ts";
import { schemaBook } from "./schemas/book.ts";
import { schemaRpc } from "./schemas/rpc.ts";
import { keeping } from "./retention/part.ts";
import { webhooks } from "./webhooks/part.ts";
import { webhookRpc } from "./webhooks/rpc.ts";
import { worldsRpc } from "./worlds/rpc.ts";
import { ends } from "./worlds/ends.ts";
import { unsaid } from "./worlds/unsaid.ts";

export default defineService({
  id: "event-bus",
  summary:
    "The memory of the fabric: keeps every event, says what happened and why, who lags and what failed.",
  essential: "it says which worlds have ended, and has the keys of what is personal",
  config,
  parts: [erasing, ends, journal, fleet, letterBook, unsaid, webhooks, keeping, schemaBook, figures],
  rpc: [journalRpc, fleetRpc, deadLetterRpc, worldsRpc, webhookRpc, schemaRpc, personalRpc, subjectKeyRpc],
  migrations: {
    "001-journal": journalTables,
    "002-forks": forks,
    "003-dead-letters": deadLetters,
    "004-webhooks": webhookTables,
    "005-retention": retention,
    "006-schemas": schemaTables,
    "007-subject-keys": subjectKeys,
    "008-ended-worlds": endedWorlds,
  },
});
