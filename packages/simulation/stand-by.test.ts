import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type Transport, type VirtualClock, virtualClock } from "@orrery/bus";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, type Host, type KitTables, startHost } from "@orrery/service";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { defineAggregate } from "./define.ts";

const counter = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root }, { atGs }, ctx) => {
      root.note += `${atGs} `;
      ctx.emit(TimerCancelled, { timerId: "t", atGs });
    }),
  ],
}));
const service = defineService({ id: "stand-by-counter", summary: "Counts.", aggregate: counter });

let data: string;
let clock: VirtualClock;
let hosts: Host[];
let transport: Transport;
let start: (instance: string, own?: Partial<Transport>) => Promise<Host>;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "orrery-stand-by-"));
  clock = virtualClock();
  hosts = [];
  transport = { ...createMemoryTransport({ clock }), close: async () => {} };
  start = async (instance, own = {}) => {
    const host = await startHost({
      services: [service],
      transport: { ...transport, ...own },
      outsideTypes: [...codecs.keys()],
      storeUrl: () => join(data, "store.db"),
      env: {},
      clock,
      log: createLogger("silent"),
      instance,
    });
    hosts.push(host);
    return host;
  };
});
afterEach(async () => {
  for (const host of hosts) await during(host.stop());
  rmSync(data, { recursive: true });
});

async function during<T>(promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.catch(() => undefined).finally(() => (open = false));
  while (open) await clock.advance(100);
  return promise;
}

const kitOf = (host: Host) => host.running()[0]!.kit;

it("a process that cannot take over at once stands by, says why, and takes over when it can", async () => {
  const first = await during(start("one"));
  const second = await during(start("two"));
  const { bus } = first.surroundings;
  const publisher = bus.publisher({ source: "operator", world: "vale", fingerprint });
  await during(Promise.resolve(publisher.publish(WorldCreated, { worldId: "vale", seed: "s" })));
  await during(Promise.resolve(publisher.publish(HourChanged, { atGs: 1 })));
  await clock.advance(500);
  expect(kitOf(first).part(counter).state("vale").root.note).toBe("1 ");
  const { store } = kitOf(second);
  const away = vi.spyOn(store, "as").mockImplementation(() => {
    throw new Error("the database is away");
  });
  hosts = [second];
  await during(first.stop());
  for (let s = 0; s < 10; s++) await clock.advance(1_000);
  expect(away).toHaveBeenCalled();
  expect(kitOf(second).part(counter).active).toBe(false);
  expect(JSON.stringify(kitOf(second).health.report())).toMatch(
    /cannot become the writer: the database is away/,
  );
  away.mockRestore();
  for (let s = 0; s < 10; s++) await clock.advance(1_000);
  expect(kitOf(second).part(counter).active).toBe(true);
  expect(kitOf(second).part(counter).state("vale").root.note).toBe("1 ");
});

it("what came in while the lease was lost unnoticed is taken in by the next writer", async () => {
  const host = await during(start("one"));
  const { store } = kitOf(host);
  const publisher = host.surroundings.bus.publisher({ source: "operator", world: "vale", fingerprint });
  await during(Promise.resolve(publisher.publish(WorldCreated, { worldId: "vale", seed: "s" })));
  await clock.advance(500);
  const other = { owner: "another", until_ms: clock.now() + 6_000 };
  await store.as<KitTables>().updateTable("lease").set(other).execute();
  await during(Promise.resolve(publisher.publish(HourChanged, { atGs: 1 })));
  await clock.advance(100);
  const worlds = kitOf(host).part(counter);
  expect(worlds.active).toBe(true);
  await expect(during(worlds.settled("vale"))).rejects.toThrow(/WORLD_NOT_OURS/);
  for (let s = 0; s < 40; s++) await clock.advance(1_000);
  expect(worlds.active).toBe(true);
  expect(worlds.state("vale").root.note).toBe("1 ");
});

it("who takes over says first what the one before had committed and not said: nobody passes it over as old", async () => {
  const shared = transport;
  let isSilent = false;
  const publish: Transport["publish"] = (frames) =>
    isSilent ? Promise.reject(new Error("the bus is away")) : shared.publish(frames);
  const first = await during(start("one", { publish }));
  const second = await during(start("two"));
  const { bus } = second.surroundings;
  const heard: number[] = [];
  const witness = bus.subscribe({
    id: "test/witness",
    types: [TimerCancelled.typeName],
    order: "key",
    from: "earliest",
    handle: (event) => void heard.push(event.decode(TimerCancelled).atGs),
  });
  await during(witness.ready);
  const publisher = bus.publisher({ source: "operator", world: "vale", fingerprint });
  const hour = async (atGs: number) => {
    await during(Promise.resolve(publisher.publish(HourChanged, { atGs })));
    await clock.advance(500);
  };
  await during(Promise.resolve(publisher.publish(WorldCreated, { worldId: "vale", seed: "s" })));
  await hour(1);
  isSilent = true;
  await hour(2);
  expect(kitOf(first).part(counter).state("vale").root.note).toBe("1 2 ");
  // It is gone without a word: what it committed is in the database alone.
  await during(first.surroundings.bus.drain({ deadlineMs: 1_000 }));
  await kitOf(first).store.close();
  hosts = [second];
  for (let s = 0; s < 40; s++) await clock.advance(1_000);
  await hour(3);
  expect(kitOf(second).part(counter).state("vale").root.note).toBe("1 2 3 ");
  expect(heard).toEqual([1, 2, 3]);
});
