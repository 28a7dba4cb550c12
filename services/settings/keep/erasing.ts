import { EraseResponse } from "@orrery/schema/settings/v1";
import { SubjectErased } from "@orrery/schema/bus/v1";
import { durableSubscription, type Part } from "@orrery/service";
import type { SettingsTables } from "../tables.ts";
import { plans } from "../tiers/plans.ts";
import { keeper } from "../write/keeper.ts";
import { erasePlayer, type Forgetting } from "./erase.ts";
import { secret } from "./secrets.ts";

const hears = {
  name: "erasing",
  subscribes: [SubjectErased.typeName],
  durable: { order: "key" },
} as const;

/** Hears that somebody was erased, and forgets them here too. */
export const erasing: Part<Forgetting> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const salt = await secret(kit.store.as<SettingsTables>(), "salt");
    const forgetting = { salt, plans: kit.part(plans) };
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const { subject } = event.decode(SubjectErased);
        await kit.part(keeper).submit({
          players: [subject],
          reply: EraseResponse,
          run: (turn) => erasePlayer(turn, subject, forgetting),
        });
      },
    });
    await subscription.ready;
    return { handle: forgetting, stop: async () => void (await subscription.drain()) };
  },
};
