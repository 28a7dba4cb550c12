import { StateService } from "@orrery/schema/state/v1";
import { serve } from "@orrery/service";
import { batchGet } from "./rpc/batch-get.ts";
import { get } from "./rpc/get.ts";
import { write } from "./rpc/write.ts";

export const rpc = serve(StateService, { get, batchGet, write });
