import type { Definition } from "../engine/mod.ts";
import { contentPipeline } from "./content-pipeline.v1.ts";
import { marketTrade } from "./market-trade.v1.ts";
import { privacyErase } from "./privacy-erase.v1.ts";
import { purchaseFulfilment } from "./purchase-fulfilment.v1.ts";

/** All that can be begun here; an older version stays as long as something of it is open. */
export const workflows: readonly Definition[] = [
  purchaseFulfilment,
  marketTrade,
  privacyErase,
  contentPipeline,
];
