import { Change, DeleteReason } from "@orrery/schema/state/v1";
import { encodeBytes } from "@orrery/wire";

/** What stays of an erased change in its collection's seq: that there was one. */
export const BLANK = encodeBytes(Change, { reason: DeleteReason.ERASED });
