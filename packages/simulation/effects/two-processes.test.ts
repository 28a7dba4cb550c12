import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { HourChanged } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stall, stallWith } from "./stall.testing.ts";

let data: string;
let clock: VirtualClock;
let hosts: Host[];
/** Who asked, and under which key. */
let asked: string[];

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "orrery-two-"));
  clock = virtualClock();
  hosts = [];
  asked = [];
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

it("of two processes the writer asks, and the other one goes on under the same key when it is gone", async () => {
  const transport = { ...createMemoryTransport({ clock }), close: async () => {} };
  async function start(instance: string): Promise<Host> {
    const service = stallWith(async (_wanted, { key }) => {
      asked.push(`${instance} ${key}`);
      return instance === "one" ? new Promise<never>(() => {}) : { price: 5 };
    });
    const host = await startHost({
      services: [service],
      transport,
      outsideTypes: [...codecs.keys()],
      storeUrl: () => join(data, "store.db"),
      env: {},
      clock,
      log: createLogger("silent"),
      instance,
    });
    hosts.push(host);
    return host;
  }
  const first = await during(start("one"));
  const second = await during(start("two"));
  const publisher = first.surroundings.bus.publisher({ source: "operator", world: "vale", fingerprint });
  await during(Promise.resolve(publisher.publish(WorldCreated, { worldId: "vale", seed: "s" })));
  await during(Promise.resolve(publisher.publish(HourChanged, { atGs: 1 })));
  await clock.advance(2_000);
  expect(asked.map((line) => line.split(" ")[0])).toEqual(["one"]);
  hosts = [second];
  await during(first.stop());
  for (let s = 0; s < 20; s++) await clock.advance(1_000);
  const [, key] = (asked[0] as string).split(" ");
  expect(asked).toEqual([`one ${key}`, `two ${key}`]);
  const worlds = second.running()[0]!.kit.part(stall);
  expect(worlds.state("vale").root.notes).toEqual(["bread-1 5"]);
});
