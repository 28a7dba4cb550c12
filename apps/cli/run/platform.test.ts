import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedTransport } from "@orrery/bus";
import {
  IntakeCommitted,
  JournalService,
  PersonalService,
  SubjectErased,
  WorldService,
} from "@orrery/schema/bus/v1";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, type Host, startHost } from "@orrery/service";
import { defineAggregate, definePlatformAggregate } from "@orrery/simulation/define";
import { type Codec, PLATFORM } from "@orrery/wire";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Whisper,
  Whispered,
  Whispering,
  Whispers,
} from "../../../packages/wire/test-schema/gen/torture/v1/mod.ts";
import type { Edge } from "../edge.ts";
import { replayWorld } from "./replay-world.ts";
import { recordKeeper } from "./record-keeper.testing.ts";
import { loadService } from "./services.ts";

const ADA = "player:ada";
const SECRET = "the well is poisoned";
const admin = { role: "admin", id: "ops", scopes: [] } as const;
const tested: readonly Codec[] = [Whispered, Whisper, Whispers];
const registry = codecs as Map<string, Codec>;
beforeAll(() => {
  for (const codec of tested) registry.set(codec.typeName, codec);
});
afterAll(() => {
  for (const codec of tested) registry.delete(codec.typeName);
});

/** Counts what it is told, once for all worlds, and lets it be known. */
const heralds = definePlatformAggregate(
  { state: { root: Whispers }, emits: [SubjectErased] },
  ({ command }) => ({
    create: () => undefined,
    commands: [
      command(Whisper, Whispering, ({ root }, { playerId, text }, ctx) => {
        root.count += 1;
        root.last[playerId] = { $typeName: "torture.v1.Overheard", playerId, text };
        ctx.emit(SubjectErased, { subject: `herald:${root.count}`, note: String(ctx.random.uniform()) });
        return { count: root.count };
      }),
    ],
  }),
);
/** Keeps what it hears of both: what was said in no world, whether by the herald or by somebody else. */
const gossips = defineAggregate({ state: { root: Whispers }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(Whispered, ({ root }, { playerId, text }) => {
      root.count += 1;
      root.last[playerId] = { $typeName: "torture.v1.Overheard", playerId, text };
    }),
    on(SubjectErased, ({ root }, { subject }, ctx) => {
      root.count += 1;
      delete root.last[subject];
      ctx.emit(TimerCancelled, { timerId: `${subject} ${ctx.random.uniform()}` });
    }),
  ],
}));
const herald = defineService({ id: "herald", summary: "Says it to all.", aggregate: heralds });
const gossip = defineService({ id: "gossip", summary: "Keeps what it hears.", aggregate: gossips });

let host: Host;
let folder: string;
let said = 0;

async function start(): Promise<void> {
  const log = createLogger("silent");
  host = await startHost({
    services: [await loadService("event-bus"), herald, gossip, recordKeeper],
    transport: openEmbeddedTransport({ dir: join(folder, "bus"), log }),
    outsideTypes: [...codecs.keys()],
    storeUrl: (id) => join(folder, `${id}.db`),
    dataFolder: folder,
    env: {},
    log,
  });
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "platform-"));
  await start();
  for (const world of ["fen", "vale"]) {
    const operator = host.surroundings.bus.publisher({ source: "operator", world, fingerprint });
    await operator.publish(WorldCreated, { worldId: world, seed: world, epochMs: 1, rate: 60 });
    await operator.close();
  }
  await vi.waitUntil(() => worlds().ids().length === 2, { timeout: 5_000 });
});
afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

const kitOf = (id: string) => host.running().find(({ definition }) => definition.id === id)!.kit;
const platform = () => kitOf("herald").part(heralds);
const worlds = () => kitOf("gossip").part(gossips);
const count = (world: string) => worlds().state(world).root.count;
const call = (text: string) => {
  const terms = { caller: "test", idempotencyKey: `said-as-number-${(said += 1)}` };
  return platform().command(PLATFORM, Whisper, Whispering, { playerId: ADA, text }, terms);
};
/** Somebody says it under the platform's name, personal as it is. */
async function whisper(text: string): Promise<void> {
  const publisher = host.surroundings.bus.publisher({ source: "somebody", world: PLATFORM, fingerprint });
  await publisher.publish(Whispered, { playerId: ADA, text });
  await publisher.close();
}
const heard = (counts: Readonly<Record<string, number>>) =>
  vi.waitUntil(() => Object.entries(counts).every(([world, number]) => count(world) === number), {
    timeout: 5_000,
  });
async function journaled(world: string, records: number): Promise<void> {
  const filter = { types: [IntakeCommitted.typeName] };
  const journal = host.directory.client(JournalService, admin);
  const found = async () =>
    (await journal.query({ worldId: world, filter, pageSize: 1_000 })).events.length >= records;
  await vi.waitUntil(found, { timeout: 5_000 });
}
async function replayed(world: string): Promise<Record<string, unknown>> {
  const edge: Edge = { world, client: (service) => host.directory.client(service, admin) };
  const asked = { services: undefined, fromGs: Number.NEGATIVE_INFINITY };
  const results = await replayWorld(edge, asked, () => {}, [herald, gossip]);
  return Object.fromEntries(results.map(({ service, verdict }) => [service, verdict]));
}
const fork = (world: string, newWorldId: string) =>
  host.directory
    .client(WorldService, admin)
    .fork({ worldId: world, newWorldId, idempotencyKey: `fork-as-${newWorldId}` });

describe("worlds that took in what the platform said", () => {
  it("replay to the byte from their own journals, and so does the platform", async () => {
    for (const text of ["one", "two", "three"]) {
      await call(text);
      await heard({ fen: Number(platform().state(PLATFORM).root.count) });
    }
    await whisper(SECRET);
    await heard({ fen: 4, vale: 4 });
    await Promise.all([journaled("fen", 5), journaled("vale", 5), journaled(PLATFORM, 4)]);
    expect(await replayed("fen")).toMatchObject({ gossip: { verdict: "PASS", inputs: 4, events: 3 } });
    expect(await replayed("vale")).toMatchObject({ gossip: { verdict: "PASS", inputs: 4, events: 3 } });
    expect(await replayed(PLATFORM)).toMatchObject({ herald: { verdict: "PASS", inputs: 3, events: 3 } });
  });

  it("stand as they did after a restart, are told of an erasure, and read ERASED where it was recorded", async () => {
    await whisper(SECRET);
    await call("one");
    await heard({ fen: 2, vale: 2 });
    await journaled("vale", 2);
    await host.directory.client(PersonalService, admin).eraseSubject({ subject: ADA, note: "by letter" });
    await vi.waitUntil(() => count("vale") > 2, { timeout: 5_000 });
    await host.stop();
    await start();
    expect(worlds().state("vale").root.last).toEqual({});
    expect(await replayed("vale")).toMatchObject({
      gossip: { verdict: "NOT_RUN", reason: expect.stringContaining(ADA) },
    });
  });

  it("can be forked: the fork has what its parent took, once, and goes on hearing", async () => {
    await call("one");
    await whisper(SECRET);
    await heard({ fen: 2, vale: 2 });
    await journaled("vale", 3);
    await fork("vale", "what-if");
    await vi.waitUntil(() => worlds().ids().includes("what-if"), { timeout: 5_000 });
    expect(worlds().state("what-if").root).toEqual(worlds().state("vale").root);
    await call("two");
    await heard({ vale: 3, "what-if": 3 });
    // With those of its past.
    await journaled("what-if", 5);
    expect(await replayed("what-if")).toMatchObject({ gossip: { verdict: "PASS", inputs: 1 } });
  });

  it("cannot be made of the platform, nor be called so, nor end it", async () => {
    await call("one");
    await journaled(PLATFORM, 1);
    await expect(fork("vale", PLATFORM)).rejects.toThrow(/BUS_WORLD_ID.*platform/);
    await expect(fork(PLATFORM, "copy")).rejects.toThrow(/BUS_WORLD_ID.*platform/);
    const service = host.directory.client(WorldService, admin);
    await expect(service.archive({ worldId: PLATFORM })).rejects.toThrow(/BUS_WORLD_ID.*platform/);
    await expect(service.delete({ worldId: PLATFORM })).rejects.toThrow(/BUS_WORLD_ID.*platform/);
    await call("two");
    expect(platform().state(PLATFORM).root.count).toBe(2);
  });
});
