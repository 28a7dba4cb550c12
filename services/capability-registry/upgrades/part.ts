import { PutVersionResponse } from "@orrery/schema/capability/v1";
import { UpgradeAdvanced, UpgradeState, VersionDetected } from "@orrery/schema/engine/v1";
import { durableSubscription, type Part } from "@orrery/service";
import { catalogue } from "../catalogue/part.ts";
import type { CatalogueState } from "../catalogue/state.ts";
import type { Decided } from "../catalogue/writer.ts";
import { detected, promoted } from "./heard.ts";

const hears = {
  name: "engine-versions",
  subscribes: [VersionDetected.typeName, UpgradeAdvanced.typeName],
  durable: { order: "key" },
} as const;

/** Makes versions known as they are seen, and features available as an upgrade to them is through. */
export const upgrades: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    /** Nothing is written where nothing changes: what is heard again is known. */
    async function take(by: string, decide: (state: CatalogueState) => Decided): Promise<void> {
      const { state, writer } = kit.part(catalogue);
      if (decide(state).told.length === 0) return;
      await writer.change(by, undefined, PutVersionResponse, () => decide(state));
    }
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        if (event.type === VersionDetected.typeName) {
          const heard = event.decode(VersionDetected);
          return take(heard.sourceId || "ue-version-monitor", (state) => detected(state, heard));
        }
        const heard = event.decode(UpgradeAdvanced);
        if (heard.state === UpgradeState.PROMOTED) await take(heard.actor, (state) => promoted(state, heard));
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};
