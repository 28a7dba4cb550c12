import { EngineService } from "@orrery/schema/engine/v1";
import { serve } from "@orrery/service";
import { checkNow } from "./rpc/check.ts";
import { compare } from "./rpc/compare.ts";
import { listDrafts, reviewDraft } from "./rpc/drafts.ts";
import { pushed } from "./rpc/push.ts";
import { getSubject, listSightings, listSubjects } from "./rpc/reads.ts";
import { acknowledge, correctSubject, ignore, snooze } from "./rpc/seen.ts";
import { upgradeCalls } from "./rpc/upgrades.ts";

export const rpc = serve(EngineService, {
  listSubjects,
  getSubject,
  listSightings,
  compare,
  checkNow,
  push: pushed,
  acknowledge,
  snooze,
  ignore,
  correctSubject,
  ...upgradeCalls,
  listDrafts,
  reviewDraft,
});
