import { InstanceState } from "@orrery/schema/capability/v1";
import { errorCodeOf } from "@orrery/service";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../tools/postgres.ts";
import { startCapability } from "./testing/capability.ts";
import { beatOf, idOf, registration } from "./testing/registrations.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

describe("PostgreSQL", () => {
  it("keeps instances and catalogue over a restart, and their revisions continue", async () => {
    const url = await postgres.database("kept");
    const first = await startCapability(url);
    await first.tides.register({ sourceId: "p", instances: [registration(1)] });
    await first.tides.drain({ instanceIds: [idOf(1)], idempotencyKey: "drained-once" });
    const { feature } = await first.features.getFeature({ key: "metasound" });
    const asked = {
      key: "metasound",
      expectedRevision: feature?.revision ?? 0,
      idempotencyKey: "retired-once",
    };
    const { revision: retired } = await first.features.retireFeature(asked);
    await first.stop();

    const second = await startCapability(url);
    const found = await second.registry.listInstances({ filter: 'service = "tides"' });
    expect(found.instances).toMatchObject([{ state: InstanceState.DRAINING, sourceId: "p" }]);
    expect(found.revision).toBeGreaterThan(2);
    expect((await second.features.retireFeature(asked)).revision).toBe(retired);
    expect((await second.features.listFeatures({})).catalogueRevision).toBe(retired);
    await second.tides.deregister({ instanceIds: [idOf(1)] });
    await second.until(() =>
      second.said.some(({ instanceId, revision }) => instanceId === idOf(1) && revision > 0),
    );
    await second.stop();
  });

  it("that is cut off leaves instances known, registered and resolved, and the catalogue read", async () => {
    const url = await postgres.database("away");
    const own = await startCapability(url);
    await own.tides.register({ sourceId: "p", instances: [registration(1)] });
    const { feature } = await own.features.getFeature({ key: "metasound" });
    const retire = {
      key: "metasound",
      expectedRevision: feature?.revision ?? 0,
      idempotencyKey: "while-away",
    };

    const operator = new Client(url.replace("/away", "/postgres"));
    await operator.connect();
    await operator.query("alter database away with allow_connections false");
    await operator.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'away'");
    await own.tides.register({
      sourceId: "p",
      instances: [registration(2)],
      idempotencyKey: "came-while-away",
    });
    await own.tides.heartbeat({ sourceId: "p", beats: [beatOf(1), beatOf(2)] });
    const { candidates } = await own.registry.resolve({ filter: 'service = "tides"' });
    expect(candidates.map(({ instanceId }) => instanceId).sort()).toEqual([idOf(1), idOf(2)]);
    await expect(own.features.retireFeature(retire)).rejects.toSatisfy(
      (error: unknown) => errorCodeOf(error) === "CAPABILITY_STORE_AWAY",
    );
    expect((await own.features.forVersion({ engineId: "web" })).features.length).toBe(12);
    await own.until(() => own.report()?.degraded === true);
    expect(own.said.some(({ instanceId }) => instanceId === idOf(2))).toBe(false);

    await operator.query("alter database away with allow_connections true");
    await operator.end();
    await own.until(() => own.said.some(({ instanceId }) => instanceId === idOf(2)));
    await own.until(() =>
      own.features.retireFeature(retire).then(
        () => true,
        () => false,
      ),
    );
    const revisions = own.said.map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, at) => at + 1));
    await own.stop();
    const again = await startCapability(url);
    const kept = await again.registry.listInstances({ filter: 'service = "tides"' });
    expect(kept.instances).toHaveLength(2);
    await again.stop();
  });
});
