import {
  type Instance,
  InstanceState,
  RegistryService,
  ServiceExpired,
  ServiceRegistered,
} from "@orrery/schema/capability/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { standIn, type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import service from "../service.ts";
import { fold } from "../testing/fold.ts";
import { beatOf, idOf, registration } from "../testing/registrations.ts";

const time = standIn("time-manager", TimeService, {});
let services: TestServices;
const clientOf = (role: "service" | "admin" | "player", id: string) =>
  services.host.directory.client(RegistryService, { role, id, scopes: [] });
const tides = () => clientOf("service", "tides");
const admin = () => clientOf("admin", "ada");

beforeEach(async () => {
  services = await testServices([service, time]);
  await services.pass(1_000);
});
afterEach(() => services.stop());

/** Time goes on while a call is answered. */
async function during<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.catch(() => undefined).finally(() => (open = false));
  while (open) await services.clock.advance(20);
  return promise;
}
const list = async (filter = "", expired = false): Promise<Instance[]> =>
  (await during(admin().listInstances({ filter, expired }))).instances;
const register = (number: number, more = {}, source = "p") =>
  during(tides().register({ sourceId: source, instances: [registration(number, more)] }));
/** Heartbeats for so long, each 5 s. */
async function beating(ms: number, numbers: readonly number[], source = "p"): Promise<void> {
  for (let left = ms; left > 0; left -= 5_000) {
    await during(tides().heartbeat({ sourceId: source, beats: numbers.map((number) => beatOf(number)) }));
    await services.pass(Math.min(5_000, left));
  }
}
const folded = () => fold(services.said(ServiceRegistered), services.said(ServiceExpired));
const listed = async () =>
  new Map(
    (await list()).map(({ registration: one, state }) => [one?.instanceId, `${one?.serviceId} ${state}`]),
  );

describe("the kit", () => {
  it("makes every service of its process known, as one source", async () => {
    const found = await list();
    expect(found.map(({ registration: one, state }) => [one?.serviceId, state])).toEqual([
      ["capability-registry", InstanceState.READY],
      ["time-manager", InstanceState.READY],
    ]);
    expect(new Set(found.map(({ sourceId }) => sourceId)).size).toBe(1);
    const [registry] = found;
    expect(registry?.registration).toMatchObject({
      version: expect.stringMatching(/^0\.1\.0\+/),
      publishes: expect.arrayContaining(["capability.v1.ServiceRegistered"]),
      subscribes: expect.arrayContaining(["router.v1.ClientConnected"]),
      endpoints: [{ address: "process:local" }],
    });
  });

  it("keeps them known, and says nothing while nothing changes", async () => {
    const told = services.said(ServiceRegistered).length;
    await services.pass(120_000);
    expect((await list()).map(({ state }) => state)).toEqual([InstanceState.READY, InstanceState.READY]);
    expect(services.said(ServiceRegistered)).toHaveLength(told);
    expect(services.said(ServiceExpired)).toEqual([]);
  });

  it("drains them at the stop and takes them away, and another start is another instance", async () => {
    const before = (await list()).map(({ registration: one }) => one?.instanceId);
    await services.restart();
    await services.pass(1_000);
    const reasons = before.map((id) =>
      services
        .said(ServiceExpired)
        .filter(({ instanceId }) => instanceId === id)
        .map(({ reason }) => reason),
    );
    expect(reasons).toEqual([
      [3, 2],
      [3, 2],
    ]);
    const after = (await list()).map(({ registration: one }) => one?.instanceId);
    expect(after).toHaveLength(2);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    expect(folded()).toEqual(await listed());
  });

  it("registers again with a registry that has forgotten it", async () => {
    const found = await list('service = "time-manager"');
    const [id = ""] = found.map(({ registration: one }) => one?.instanceId ?? "");
    await during(admin().deregister({ instanceIds: [id] }));
    expect(await list('service = "time-manager"')).toEqual([]);
    await services.pass(6_000);
    expect(await list('service = "time-manager"')).toMatchObject([{ state: InstanceState.READY }]);
    expect(services.said(ServiceRegistered).at(-1)).toMatchObject({ instanceId: id, change: 3 });
  });
});

describe("events", () => {
  it("fold into the list, with revisions that grow by one", async () => {
    await register(1);
    await register(2, { state: InstanceState.STARTING });
    await during(tides().heartbeat({ sourceId: "p", beats: [beatOf(1, InstanceState.DEGRADED), beatOf(2)] }));
    await during(admin().drain({ instanceIds: [idOf(1)] }));
    await beating(20_000, [2]);
    await register(3, {}, "q");
    await services.pass(1_000);
    expect(folded()).toEqual(await listed());
    const revisions = [...services.said(ServiceRegistered), ...services.said(ServiceExpired)]
      .map(({ revision }) => revision)
      .sort((a, b) => a - b);
    expect(revisions).toEqual(revisions.map((_, at) => at + 1));
    const { revision } = await during(admin().listInstances({}));
    expect(revision).toBe(revisions.length);
  });

  it("end each instance once", async () => {
    await register(1);
    await services.pass(30_000);
    await during(tides().deregister({ instanceIds: [idOf(1)] }));
    await services.pass(1_000);
    const ends = services.said(ServiceExpired).filter(({ instanceId }) => instanceId === idOf(1));
    expect(ends).toMatchObject([{ reason: 1, remaining: 0 }]);
  });
});

describe("a registry that was away", () => {
  it("expires nobody who kept beating, and its revisions continue", async () => {
    await register(1);
    await beating(10_000, [1]);
    const { revision } = await during(admin().listInstances({}));
    await services.restart({ killed: true, afterMs: 60_000 });
    await beating(40_000, [1]);
    const [mine] = await list('service = "tides"');
    expect(mine).toMatchObject({ state: InstanceState.READY });
    const again = await during(admin().listInstances({}));
    expect(again.revision).toBeGreaterThan(revision);
    await services.pass(30_000);
    expect(await list('service = "tides"')).toEqual([]);
    expect((await list('service = "tides"', true))[0]?.expiry).toBe(1);
  });
});

describe("calls", () => {
  it("let a service speak for itself alone", async () => {
    const other = clientOf("service", "quests");
    await register(1);
    const given = { sourceId: "p", instances: [registration(2)] };
    await expect(during(other.register(given))).rejects.toThrow("CAPABILITY_NOT_YOURS");
    await expect(during(other.drain({ instanceIds: [idOf(1)] }))).rejects.toThrow("CAPABILITY_NOT_YOURS");
    await expect(during(other.heartbeat({ sourceId: "p", beats: [beatOf(1)] }))).rejects.toThrow(
      "CAPABILITY_NOT_YOURS",
    );
    const player = clientOf("player", "ada");
    await expect(during(player.listInstances({}))).rejects.toThrow("RPC_CALLER_REFUSED");
  });

  it("are done once under a key", async () => {
    const request = { sourceId: "p", instances: [registration(1)], idempotencyKey: "a-key-of-mine" };
    const first = await during(tides().register(request));
    await during(tides().deregister({ instanceIds: [idOf(1)], idempotencyKey: "another-key" }));
    expect(await during(tides().register(request))).toEqual(first);
    expect(await list('service = "tides"')).toEqual([]);
    const reused = { ...request, instances: [registration(2)] };
    await expect(during(tides().register(reused))).rejects.toThrow("RPC_IDEMPOTENCY_REUSED");
    await expect(during(tides().register({ ...request, idempotencyKey: "short" }))).rejects.toThrow(
      "RPC_IDEMPOTENCY_KEY",
    );
  });

  it("list in pages, in which nobody is twice and nobody is left out", async () => {
    for (let number = 0; number < 7; number++) await register(number);
    const ids: (string | undefined)[] = [];
    for (let pageToken = ""; ; ) {
      const page = await during(
        admin().listInstances({ filter: 'service = "tides"', pageSize: 3, pageToken }),
      );
      ids.push(...page.instances.map(({ registration: one }) => one?.instanceId));
      pageToken = page.nextPageToken;
      if (pageToken === "") break;
    }
    expect(ids).toEqual(Array.from({ length: 7 }, (_, at) => idOf(at)));
  });

  it("say who hears what nobody says, and whose contracts differ", async () => {
    await register(1, { subscribes: ["moon.v1.MoonRose", "capability.*"], schemaFingerprint: "other" });
    const found = await during(admin().getTopology({}));
    expect(found.unpublished).toMatchObject([{ type: "moon.v1.MoonRose", serviceId: "tides" }]);
    expect(found.fingerprints).toHaveLength(2);
    const changed = found.events.find(({ type }) => type === "capability.v1.FeatureChanged");
    expect(changed).toMatchObject({ publishers: ["capability-registry"], subscribers: ["tides"] });
    expect(found.services.find(({ serviceId }) => serviceId === "time-manager")?.serves).toEqual([
      "time.v1.TimeService",
    ]);
  });
});

describe("watching", () => {
  it("gives by a snapshot and what changes after it what a snapshot gives at the end", async () => {
    const seen = new Map<string, Instance>();
    const stop = new AbortController();
    let [epoch, revision] = ["", 0];
    /** Looks for a while, and goes on where it was the next time. */
    async function look(act: () => Promise<unknown>): Promise<string[]> {
      const own = new AbortController();
      const kinds: string[] = [];
      const signal = AbortSignal.any([stop.signal, own.signal]);
      const watching = (async () => {
        for await (const one of admin().watch({ epoch, fromRevision: revision }, { signal })) {
          if (one.snapshot) seen.clear();
          for (const id of one.gone) seen.delete(id);
          for (const instance of one.instances) seen.set(instance.registration?.instanceId ?? "", instance);
          ({ epoch, revision } = one);
          kinds.push(one.snapshot ? "snapshot" : "changes");
        }
      })().catch(() => undefined);
      await services.pass(500);
      await act();
      await services.pass(500);
      own.abort();
      await during(watching);
      return kinds;
    }
    expect((await look(() => register(1)))[0]).toBe("snapshot");
    await register(2);
    await during(admin().drain({ instanceIds: [idOf(1)] }));
    const again = await look(async () => {
      await register(3);
      await during(tides().deregister({ instanceIds: [idOf(1)] }));
    });
    expect(again).not.toContain("snapshot");
    const states = (of: Iterable<Instance>) =>
      [...of].map(({ registration: one, state }) => `${one?.instanceId} ${state}`).sort();
    expect(states(seen.values())).toEqual(states(await list()));
    stop.abort();
  });
});
