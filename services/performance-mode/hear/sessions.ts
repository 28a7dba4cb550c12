import { ReportFramesResponse } from "@orrery/schema/performance/v1";
import { ClientConnected, ClientDisconnected } from "@orrery/schema/router/v1";
import { durableSubscription, type Part } from "@orrery/service";
import { shipped } from "../data/part.ts";
import { leaves, opens } from "../session/comings.ts";
import { keeper } from "../write/keeper.ts";

const hears = {
  name: "sessions",
  subscribes: [ClientConnected.typeName, ClientDisconnected.typeName],
  durable: { order: "key" },
} as const;

/** Hears who comes and who goes. */
export const sessions: Part<void> = {
  ...hears,
  publishes: [],
  async start(kit) {
    const { matrix } = kit.part(shipped);
    const subscription = kit.bus.subscribe({
      ...durableSubscription(kit, hears),
      async handle(event) {
        if (event.type === ClientDisconnected.typeName) {
          const left = event.decode(ClientDisconnected);
          await kit.part(keeper).submit({
            players: [],
            reply: ReportFramesResponse,
            run(turn) {
              leaves(turn, event.world, left);
              return {};
            },
          });
          return;
        }
        const client = event.decode(ClientConnected);
        await kit.part(keeper).submit({
          players: [client.playerId],
          reply: ReportFramesResponse,
          run(turn) {
            opens(turn, matrix, event.world, client);
            return {};
          },
        });
      },
    });
    await subscription.ready;
    return { handle: undefined, stop: async () => void (await subscription.drain()) };
  },
};
