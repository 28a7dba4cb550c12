import { StateService } from "@orrery/schema/state/v1";
import { serve } from "@orrery/service";
import { batchGet } from "./rpc/batch-get.ts";
import { diff } from "./rpc/diff.ts";
import { get } from "./rpc/get.ts";
import { history } from "./rpc/history.ts";
import { consume, grant, listInventory, revoke, transferItems } from "./rpc/inventory.ts";
import { list } from "./rpc/list.ts";
import { checkCollections, getCollections, getQuota, listConflicts } from "./rpc/operator.ts";
import { erase, exportOwner } from "./rpc/personal.ts";
import { query } from "./rpc/query.ts";
import {
  compareSlots,
  deleteSlot,
  exportSlot,
  importSlot,
  listSlots,
  loadSlot,
  saveSlot,
} from "./rpc/slots.ts";
import { watch } from "./rpc/watch.ts";
import { write } from "./rpc/write.ts";

export const rpc = serve(StateService, {
  get,
  batchGet,
  list,
  query,
  write,
  history,
  diff,
  watch,
  grant,
  revoke,
  consume,
  transferItems,
  listInventory,
  saveSlot,
  loadSlot,
  listSlots,
  deleteSlot,
  compareSlots,
  exportSlot,
  importSlot,
  erase,
  exportOwner,
  getCollections,
  checkCollections,
  getQuota,
  listConflicts,
});
