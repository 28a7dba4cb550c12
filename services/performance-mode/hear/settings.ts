import { ContentPolicyIssued, SettingChanged } from "@orrery/schema/settings/v1";
import { durableSubscription, type Part } from "@orrery/service";
import { shipped } from "../data/part.ts";
import { keeper } from "../write/keeper.ts";
import { applyPolicy, REPLY } from "./policies.ts";
import { applySetting, whoseSetting } from "./wants.ts";

const hears = {
  name: "settings",
  subscribes: [SettingChanged.typeName, ContentPolicyIssued.typeName],
  durable: { order: "key" },
} as const;

/** Hears what players set, and what they may be shown. */
export const settings: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const { matrix } = kit.part(shipped);
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        if (event.type === SettingChanged.typeName) {
          const changed = event.decode(SettingChanged);
          const whose = whoseSetting(changed);
          if (whose === undefined) return;
          await kit.part(keeper).submit({
            players: [whose.player],
            reply: REPLY,
            run(turn) {
              applySetting(turn, matrix, changed);
              return {};
            },
          });
          return;
        }
        const policy = event.decode(ContentPolicyIssued);
        await kit.part(keeper).submit({
          players: [policy.playerId],
          reply: REPLY,
          run(turn) {
            applyPolicy(turn, matrix, event.world, policy);
            return {};
          },
        });
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};
