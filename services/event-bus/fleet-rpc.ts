import { FleetService } from "@orrery/schema/bus/v1";
import { callerName, serve } from "@orrery/service";
import { explainTopology } from "./explain.ts";
import { fleet } from "./lag.ts";

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
    // After the lags: what a handler that has finished by then emitted is counted here, or with the next look there.
    const reports = fresh ? await Promise.all(call.kit.peers().map((peer) => peer.report())) : [];
    return {
      ...(reports.every(({ unsent }) => unsent !== undefined) &&
        fresh && { unsent: reports.reduce((sum, { unsent = 0 }) => sum + unsent, 0) }),
      lags: rows.map(({ lag, rate, state, problem }) => ({
        subscription: lag.subscription,
        events: lag.events,
        oldestMs: lag.ageMs,
        rate,
        deadLetters: lag.deadLetters,
        requeued: lag.requeued,
        state,
        problem,
      })),
    };
  },
  async forgetSubscription({ subscription }, call) {
    await call.kit.bus.forget(subscription);
    call.kit.log.warn({ subscription, by: callerName(call.caller) }, "the subscription is forgotten");
    return {};
  },
  explain: async ({ subscription }, call) => ({ text: await explainTopology(call.kit.bus, subscription) }),
});
