import { createMemoryTransport, type Transport, virtualClock } from "@orrery/bus";
import { LagState } from "@orrery/schema/bus/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fleet } from "./lag.ts";
import eventBus from "./service.ts";

let host: Host;
let clock: ReturnType<typeof virtualClock>;
let failing: string | undefined;
let blind: boolean;
let problems: { what: string; isServing: boolean }[];

beforeEach(async () => {
  failing = undefined;
  blind = false;
  problems = [];
  clock = virtualClock({ auto: true });
  const memory = createMemoryTransport({ clock });
  const transport: Transport = {
    ...memory,
    problems: () => problems,
    async subscriptions() {
      if (blind) throw new Error("no list");
      return memory.subscriptions();
    },
    async lag(id) {
      if (id === failing) throw new Error("no figures");
      return memory.lag(id);
    },
  };
  host = await startHost({
    services: [eventBus],
    transport,
    outsideTypes: ["*"],
    storeUrl: () => ":memory:",
    env: {},
    clock,
    log: createLogger("silent"),
  });
});
afterEach(async () => {
  await host.stop();
  clock.stop();
});

const service = () => host.running()[0]!;
const rows = () => service().kit.part(fleet).rows();
const rowOf = (id: string) => rows().find(({ lag }) => lag.subscription === id);
const check = (name: string) =>
  service()
    .health.report()
    .checks.find((one) => one.name === name)?.problem;

async function publish(world: string): Promise<void> {
  const writer = createFrameWriter({
    source: "test",
    world,
    publisher: `p-${world}`,
    lane: "standard",
    fingerprint: "0000000000000000",
    firstSequence: 1,
  });
  writer.appendRaw("test.v1.Said", new Uint8Array([1]), { key: "k", timeMs: clock.now() });
  await host.surroundings.bus.send(writer.finish());
}

it("a lag that cannot be read is unknown with the reason, and the others are known", async () => {
  await host.surroundings.bus.subscribe({ id: "reader/a", types: ["test.*"], order: "key", handle: () => {} })
    .ready;
  failing = "reader/a";
  await clock.sleep(3_000);
  expect(rowOf("reader/a")).toMatchObject({ state: LagState.UNKNOWN });
  expect(rowOf("event-bus/journal")).toMatchObject({ state: LagState.MOVING });
  expect(check("lag")).toMatch(/reader\/a: its lag cannot be read: no figures/);
  expect(service().health.report()).toMatchObject({ healthy: true, ready: true, degraded: true });
  failing = undefined;
  blind = true;
  await clock.sleep(3_000);
  expect(rows().every(({ state }) => state === LagState.UNKNOWN)).toBe(true);
  expect(check("lag")).toMatch(/^unknown: no list/);
  blind = false;
  await clock.sleep(3_000);
  expect(check("lag")).toBeUndefined();
});

it("a reader to which nothing comes any more is unhealthy within 10 s; one whose world is at fault is degraded, and ready", async () => {
  const bus = host.surroundings.bus;
  const stuck = bus.subscribe({
    id: "reader/stuck",
    types: ["test.*"],
    order: "key",
    handle: () => new Promise(() => {}),
  });
  const parked = bus.subscribe({
    id: "reader/parked",
    types: ["test.*"],
    order: "key",
    handle() {
      throw new Error("a bug");
    },
  });
  await Promise.all([stuck.ready, parked.ready]);
  await publish("w");
  await clock.sleep(11_000);
  expect(check("stalled")).toMatch(/^reader\/stuck: 1 events wait; nothing comes to its handler/);
  expect(check("parked")).toMatch(
    /^reader\/parked: 1 events wait; test\.v1\.Said p-w\/1 of world w fails: UNCODED, a bug/,
  );
  expect(service().health.report().healthy).toBe(false);
  await stuck.drain({ deadlineMs: 10 });
  await parked.drain({ deadlineMs: 10 });
});

it("what is wrong at the broker is unhealthy with the reason; what was lost there is degraded", async () => {
  problems = [{ what: "no server answers: start it", isServing: false }];
  service().health.report();
  await clock.sleep(4_000);
  expect(check("deliveries")).toBe("no server answers: start it");
  expect(service().health.report().healthy).toBe(false);
  problems = [{ what: "what the stream held is lost", isServing: true }];
  expect(check("losses")).toBe("what the stream held is lost");
  expect(service().health.report()).toMatchObject({ healthy: true, ready: true, degraded: true });
});
