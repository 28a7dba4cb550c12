import { ContentService, FlagService, SettingsService, TierService } from "@orrery/schema/settings/v1";
import { serve } from "@orrery/service";
import {
  closeSession,
  getPolicy,
  keys,
  listProfiles,
  openSession,
  reportViolation,
  setCeiling,
  setPolicy,
} from "./rpc/content.ts";
import { listDefinitions } from "./rpc/definitions.ts";
import { listExposures, reportExposures } from "./rpc/exposures.ts";
import {
  archive,
  evaluate,
  explain,
  getSnapshot,
  kill,
  list,
  put,
  putSegmentCall,
  schedule,
} from "./rpc/flags.ts";
import { history } from "./rpc/history.ts";
import { erase, exportPlayer, importPlayer } from "./rpc/personal.ts";
import { resolve } from "./rpc/resolve.ts";
import { getTier, listPlans, setOverride } from "./rpc/tiers.ts";
import { watch } from "./rpc/watch.ts";
import { reset, rollback, set, setMany, sync } from "./rpc/write.ts";

export const settingsRpc = serve(SettingsService, {
  listDefinitions,
  resolve,
  watch,
  set,
  setMany,
  reset,
  sync,
  history,
  rollback,
  export: exportPlayer,
  import: importPlayer,
  erase,
});

export const flagRpc = serve(FlagService, {
  getSnapshot,
  evaluate,
  explain,
  reportExposures,
  listExposures,
  list,
  put,
  putSegment: putSegmentCall,
  archive,
  schedule,
  kill,
});

export const tierRpc = serve(TierService, { get: getTier, listPlans, setOverride });

export const contentRpc = serve(ContentService, {
  listProfiles,
  getPolicy,
  setPolicy,
  setCeiling,
  openSession,
  closeSession,
  reportViolation,
  keys,
});
