import { busErrors, createBus, type SubscriptionSpec } from "@orrery/bus";
import { isError } from "@orrery/wire";
import { SAMPLE } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/leased";

export const leases: Invariant = {
  id: "I10",
  title: "one lease, one handler: long handlers are renewed, a lost lease aborts and cannot settle",
  async run(scene) {
    const leaseMs = scene.features.leaseSeconds * 1000;
    const count = scene.load(200);
    const bus = await scene.bus();
    const longest = leaseMs * 2.5;
    let slow = 3;
    const subscription = scene.read(bus, "renewing", {
      id: ID,
      order: "none",
      concurrency: 64,
      async handle() {
        if (slow-- > 0) await scene.clock.sleep(longest);
      },
    });
    await subscription.ready;
    await scene.write(bus, { writer: 1, count, frameBytes: 1_024 });
    await scene.until("all are handled", () => scene.ledger.handledBy(ID) >= count, longest * 4);
    const { overlapping } = scene.ledger.judge(ID);
    demand(overlapping.length === 0, `${overlapping.length} events ran in two handlers at once`);
    scene.demandNoDoubles(ID, "delivered again though the lease was renewed");
    await bus.drain();

    const spec: SubscriptionSpec = {
      id: `${ID}-lost`,
      types: [SAMPLE.typeName],
      order: "none",
      from: "latest",
    };
    const stuck = await scene.connect();
    await stuck.ensure({ topics: [], subscriptions: [spec] });
    const consumer = await stuck.open(spec);
    const writer = await scene.bus();
    await scene.write(writer, { writer: 2, count: 1 });
    const [held] = await consumer.pull(1, scene.features.maxFrameBytes, AbortSignal.timeout(30_000));
    demand(held !== undefined, "nothing was delivered");
    await consumer.close();
    let refusal: unknown;
    await held?.renew().catch((error) => (refusal = error));
    demand(isError(refusal, busErrors.BUS_LEASE_LOST), "a lease that was handed back could be renewed");
    refusal = undefined;
    await (held?.settle() ?? Promise.resolve()).catch((error) => (refusal = error));
    demand(isError(refusal, busErrors.BUS_LEASE_LOST), "a lease that was handed back could be settled");
    const again = createBus({ transport: await scene.connect(), clock: scene.clock });
    const rescue = scene.read(again, "rescue", { id: spec.id, order: "none", from: "latest" });
    await rescue.ready;
    await scene.until("it comes again", () => scene.ledger.handledBy(spec.id) === 1, leaseMs * 4);
    await again.drain();
    return { handled: count, longestHandlerMs: longest };
  },
};
