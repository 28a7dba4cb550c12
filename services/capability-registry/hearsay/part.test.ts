import { InstanceState, RegistryService, ServiceExpired } from "@orrery/schema/capability/v1";
import { RouteHealth, RouteHealthChanged } from "@orrery/schema/router/v1";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import service from "../service.ts";
import { beatOf, idOf, registration } from "../testing/registrations.ts";

let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
  await services.pass(1_000);
  await during(tides().register({ sourceId: "p", instances: [registration(1)] }));
});
afterEach(() => services.stop());

const tides = () =>
  services.host.directory.client(RegistryService, { role: "service", id: "tides", scopes: [] });
/** Time goes on while a call is answered. */
async function during<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.catch(() => undefined).finally(() => (open = false));
  while (open) await services.clock.advance(20);
  return promise;
}
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 5_000) {
    await during(tides().heartbeat({ sourceId: "p", beats: [beatOf(1)] }));
    await services.pass(Math.min(left, 5_000));
  }
}
const says = (reporterId: string, to: RouteHealth, untilMs = services.clock.now() + 30_000) =>
  services.tell(PLATFORM, reporterId, RouteHealthChanged, {
    ...{ targetId: "tides@http://10.0.0.1:1", serviceId: "tides", reporterId, to, untilMs },
  });
async function shown(): Promise<InstanceState | undefined> {
  const { instances } = await during(tides().listInstances({ filter: 'service = "tides"' }));
  return instances[0]?.state;
}

it("what most doors say is shown, is told once, and lapses by itself; nobody is expired by it", async () => {
  await says("door-0", RouteHealth.EJECTED);
  await pass(1_000);
  expect(await shown()).toBe(InstanceState.DEGRADED);
  const { candidates } = await during(tides().resolve({ filter: 'service = "tides"' }));
  expect(candidates).toMatchObject([{ instanceId: idOf(1), state: InstanceState.DEGRADED }]);
  await says("door-1", RouteHealth.HEALTHY);
  await pass(1_000);
  expect(await shown()).toBe(InstanceState.READY);
  await says("door-1", RouteHealth.OPEN);
  await pass(10_000);
  expect(await shown()).toBe(InstanceState.DEGRADED);
  await pass(25_000);
  expect(await shown()).toBe(InstanceState.READY);
  expect(services.said(ServiceExpired)).toEqual([]);
});

it("what counted before a restart lapses at its time, and a door ends it sooner", async () => {
  await says("door-0", RouteHealth.EJECTED, services.clock.now() + 600_000);
  await pass(1_000);
  await services.restart({ killed: true });
  await pass(5_000);
  expect(await shown()).toBe(InstanceState.DEGRADED);
  await says("door-0", RouteHealth.RAMPING);
  await pass(1_000);
  expect(await shown()).toBe(InstanceState.READY);
});

it("an instance that takes the place of one that rests counts as it does, within a second", async () => {
  await says("door-0", RouteHealth.EJECTED, services.clock.now() + 600_000);
  const endpoints = [{ name: "calls", protocol: 1, address: "http://10.0.0.1:1" }];
  const instances = [registration(2, { endpoints } as never)];
  await during(tides().register({ sourceId: "p", instances }));
  await services.pass(1_500);
  expect(await shown()).toBe(InstanceState.DEGRADED);
});
