import { IntakeCommitted, JournalService, WorldService } from "@orrery/schema/bus/v1";
import { createMemoryTransport } from "@orrery/bus";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerRequested } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, type Host, startHost } from "@orrery/service";
import type { Codec, InitOf } from "@orrery/wire";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { dueTimers } from "../../../packages/simulation/due.testing.ts";
import type { Edge } from "../edge.ts";
import { replayWorld } from "./replay-world.ts";
import { recordKeeper } from "./record-keeper.testing.ts";
import { loadService } from "./services.ts";

const admin = { role: "admin", id: "ops", scopes: [] } as const;
const timers = dueTimers();
const keeper = defineService({ id: "timer-keeper", summary: "-", aggregate: timers });
let host: Host;
beforeEach(async () => {
  host = await startHost({
    services: [await loadService("event-bus"), keeper, recordKeeper],
    transport: createMemoryTransport(),
    outsideTypes: [...codecs.keys()],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
  });
  await tell("operator", WorldCreated, { worldId: "vale", seed: "s", epochMs: 1, rate: 60 });
  await vi.waitUntil(() => worlds().ids().includes("vale"), { timeout: 5_000 });
});
afterEach(() => host.stop());

const worlds = () =>
  host
    .running()
    .find(({ definition }) => definition === keeper)!
    .kit.part(timers);
const open = (world: string) =>
  worlds()
    .derived(world)
    .entries.map(([, id]) => id)
    .sort();
async function tell<C extends Codec>(source: string, codec: C, event: InitOf<C>, world = "vale") {
  const publisher = host.surroundings.bus.publisher({ source, world, fingerprint });
  await publisher.publish(codec, event);
  await publisher.close();
}
const ask = (dueGs: number) =>
  worlds().command("vale", TimerRequested, HoldState, { timerId: `at ${dueGs}`, dueGs }, { caller: "test" });
async function journaled(world: string, records: number): Promise<void> {
  const filter = { types: [IntakeCommitted.typeName] };
  const journal = host.directory.client(JournalService, admin);
  const found = async () =>
    (await journal.query({ worldId: world, filter, pageSize: 1_000 })).events.length >= records;
  await vi.waitUntil(found, { timeout: 5_000 });
}
async function verdictOf(world: string) {
  const edge: Edge = { world, client: (service) => host.directory.client(service, admin) };
  const asked = { services: undefined, fromGs: Number.NEGATIVE_INFINITY };
  const [replayed] = await replayWorld(edge, asked, () => {}, [keeper]);
  return replayed?.verdict;
}

it("what is derived is there again in a fork, which goes its own way, and in a replay of both", async () => {
  for (const dueGs of [9, 2, 7]) await ask(dueGs);
  await journaled("vale", 4);
  await host.directory
    .client(WorldService, admin)
    .fork({ worldId: "vale", newWorldId: "what-if", idempotencyKey: "fork-of-vale" });
  await vi.waitUntil(() => worlds().ids().includes("what-if"), { timeout: 5_000 });
  expect(open("what-if")).toEqual(["at 2", "at 7", "at 9", "first"]);
  await tell("time-manager", HourChanged, { atGs: 5 }, "what-if");
  await vi.waitUntil(() => open("what-if").length === 2, { timeout: 5_000 });
  await tell("time-manager", HourChanged, { atGs: 7 });
  await vi.waitUntil(() => open("vale").length === 1, { timeout: 5_000 });
  expect([open("what-if"), open("vale")]).toEqual([["at 7", "at 9"], ["at 9"]]);
  await Promise.all([journaled("vale", 5), journaled("what-if", 6)]);
  expect(await verdictOf("vale")).toMatchObject({ verdict: "PASS", events: 3 });
  expect(await verdictOf("what-if")).toMatchObject({ verdict: "PASS", events: 2 });
});
