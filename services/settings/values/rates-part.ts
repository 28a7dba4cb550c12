import type { Part } from "@orrery/service";
import { type WriteRates, writeRates } from "./rate.ts";

/** How often players write, and how many edits of devices lost. */
export interface Rates extends WriteRates {
  lost(edits: number): void;
}

export const rates: Part<Rates> = {
  name: "rates",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const losers = kit.metrics.counter("orrery_settings_sync_losers_total", "Edits of devices that lost");
    return { handle: { ...writeRates(), lost: (edits) => losers(edits) }, async stop() {} };
  },
};
