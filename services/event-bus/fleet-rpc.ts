import { DeadLetterReason, DeadLetterService, FleetService } from "@orrery/schema/bus/v1";
import { serve } from "@orrery/service";
import { explainTopology } from "./explain.ts";
import { fleet } from "./lag.ts";
import { pageSizeOf, pageToken, readPageToken } from "./paging.ts";

export const fleetRpc = serve(FleetService, {
  async listSubscriptions(_request, call) {
    const specs = await call.kit.bus.transport.subscriptions();
    return {
      subscriptions: specs.map(({ id, types, order }) => ({
        id,
        service: id.split("/")[0] ?? id,
        types: [...types],
        order,
      })),
    };
  },
  async lag({ subscription, fresh }, call) {
    const { rows: seen, look } = call.part(fleet);
    const rows = (fresh ? await look() : seen()).filter(
      ({ lag }) => subscription === "" || lag.subscription === subscription,
    );
    return {
      lags: rows.map(({ lag, rate, state }) => ({
        subscription: lag.subscription,
        events: lag.events,
        oldestMs: lag.ageMs,
        rate,
        deadLetters: lag.deadLetters,
        requeued: lag.requeued,
        state,
      })),
    };
  },
  explain: async ({ subscription }, call) => ({ text: await explainTopology(call.kit.bus, subscription) }),
});

export const deadLetterRpc = serve(DeadLetterService, {
  async listDeadLetters({ subscription, pageSize, pageToken: token }, call) {
    const limit = pageSizeOf(pageSize);
    const name = `dead letters ${subscription}`;
    const [skip = 0] = token === "" ? [0] : readPageToken(name, token);
    const specs = await call.kit.bus.transport.subscriptions();
    const ids = specs.map(({ id }) => id).filter((id) => subscription === "" || id === subscription);
    const entries = [];
    let place = 0;
    for (const id of ids) {
      for await (const letter of call.kit.bus.deadLetters(id)) {
        if (place++ < skip) continue;
        if (entries.length === limit) return { entries, nextPageToken: pageToken(name, [skip + limit]) };
        const { frame: _frame, world: _world, reason, ...rest } = letter;
        entries.push({
          ...rest,
          subscription: id,
          service: id.split("/")[0] ?? id,
          reason: DeadLetterReason[reason],
        });
      }
    }
    return { entries };
  },
});
