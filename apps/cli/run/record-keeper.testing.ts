import { WorldService } from "@orrery/schema/world/v1";
import { defineService, type Handlers, serve } from "@orrery/service";
import { record, recordCalls, records } from "@orrery/world-state/record";

/** Has the records of worlds, so that they can be forked and ended, and answers nothing else that is asked of world-state. */
export const recordKeeper = defineService({
  id: "record-keeper",
  summary: "Says which worlds there are.",
  parts: [record],
  rpc: [serve(WorldService, recordCalls as unknown as Handlers<typeof WorldService>)],
  migrations: { "001-records": records },
});
