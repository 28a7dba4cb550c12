import { SubjectErased } from "@orrery/schema/bus/v1";
import { ReportFramesResponse } from "@orrery/schema/performance/v1";
import { durableSubscription, type Part } from "@orrery/service";
import { keeper } from "../write/keeper.ts";
import { erasePlayer } from "./erase.ts";

const hears = {
  name: "erasing",
  subscribes: [SubjectErased.typeName],
  durable: { order: "key" },
} as const;
const SUBJECT = "player:";

/** Hears that somebody was erased, and forgets them here too. */
export const erasing: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        const { subject } = event.decode(SubjectErased);
        const bare = subject.startsWith(SUBJECT) ? subject.slice(SUBJECT.length) : subject;
        const names = [...new Set([subject, bare])];
        await kit.part(keeper).submit({
          players: names,
          reply: ReportFramesResponse,
          run(turn) {
            for (const player of names) erasePlayer(turn, player);
            return {};
          },
        });
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};
