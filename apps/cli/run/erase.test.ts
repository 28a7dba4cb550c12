import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
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
import { WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, ERASED, type Host, startHost } from "@orrery/service";
import { defineAggregate } from "@orrery/simulation";
import type { Codec } from "@orrery/wire";
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

const WORLD = "vale";
const SECRET = "the well is poisoned";
const ADA = "player:ada";
const DAY_GS = 86_400;
const admin = { role: "admin", id: "ops", scopes: [] } as const;
const personal: readonly Codec[] = [Whispered, Whisper, Whispers];
const registry = codecs as Map<string, Codec>;
beforeAll(() => {
  for (const codec of personal) registry.set(codec.typeName, codec);
});
afterAll(() => {
  for (const codec of personal) registry.delete(codec.typeName);
});

/** Says aloud what it is told, and keeps the last word of each until that person is erased. */
const whisperers = defineAggregate({ state: { root: Whispers }, emits: [Whispered] }, ({ on, command }) => ({
  create: () => undefined,
  on: [on(SubjectErased, ({ root: state }, { subject }) => void delete state.last[subject])],
  commands: [
    command(Whisper, Whispering, ({ root: state }, { playerId, text }, ctx) => {
      state.count += 1;
      state.last[playerId] = { $typeName: "torture.v1.Overheard", playerId, text };
      ctx.emit(Whispered, { regionId: "r", playerId, text, atGs: state.count * DAY_GS });
      return { count: state.count };
    }),
  ],
}));
/** Keeps what it hears, and never lets go of it by itself. */
const gossips = defineAggregate({ state: { root: Whispers }, emits: [] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(Whispered, ({ root: state }, { playerId, text }) => {
      state.count += 1;
      state.last[playerId] = { $typeName: "torture.v1.Overheard", playerId, text };
    }),
  ],
}));
const whisperer = defineService({ id: "whisperer", summary: "Says what it is told.", aggregate: whisperers });
const gossip = defineService({ id: "gossip", summary: "Keeps what it hears.", aggregate: gossips });

let host: Host;
let folder: string;
let said = 0;

async function start(): Promise<void> {
  const log = createLogger("silent");
  host = await startHost({
    services: [await loadService("event-bus"), whisperer, gossip, recordKeeper],
    transport: openEmbeddedTransport({ dir: join(folder, "bus"), log }),
    outsideTypes: ["*"],
    storeUrl: (id) => join(folder, `${id}.db`),
    dataFolder: folder,
    env: {},
    log,
  });
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "erase-"));
  await start();
  const operator = host.surroundings.bus.publisher({ source: "operator", world: WORLD, fingerprint });
  await operator.publish(WorldCreated, { worldId: WORLD, seed: "s", epochMs: 1, rate: 60 });
  await operator.close();
  const ready = () => [whispers().ids(), hearsay().ids()].every((ids) => ids.includes(WORLD));
  await vi.waitUntil(ready, { timeout: 5_000 });
});
afterEach(async () => {
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

const kitOf = (id: string) => host.running().find(({ definition }) => definition.id === id)!.kit;
const whispers = () => kitOf("whisperer").part(whisperers);
const hearsay = () => kitOf("gossip").part(gossips);
const edge = (): Edge => ({ world: WORLD, client: (service) => host.directory.client(service, admin) });
const people = () => host.directory.client(PersonalService, admin);

async function say(playerId: string, text: string): Promise<void> {
  const { reply } = await whispers().command(
    WORLD,
    Whisper,
    Whispering,
    { playerId, text },
    { caller: "test", idempotencyKey: `said-as-number-${(said += 1)}` },
  );
  await vi.waitUntil(() => hearsay().state(WORLD).root.count === reply.count, { timeout: 5_000 });
  await hearsay().settled(WORLD);
}
/** Waits until the journal has what both have taken in. */
async function journaled(records: number): Promise<void> {
  const filter = { types: [IntakeCommitted.typeName] };
  const count = async () =>
    (await host.directory.client(JournalService, admin).query({ worldId: WORLD, filter, pageSize: 1_000 }))
      .events.length;
  await vi.waitUntil(async () => (await count()) >= records, { timeout: 5_000 });
}
async function replayed(fromGs = 0): Promise<Record<string, unknown>> {
  const results = await replayWorld(edge(), { services: undefined, fromGs }, () => {}, [whisperer, gossip]);
  return Object.fromEntries(results.map(({ service, verdict }) => [service, verdict]));
}
function* filesIn(at: string): Generator<string> {
  for (const name of readdirSync(at)) {
    const path = join(at, name);
    if (statSync(path).isDirectory()) yield* filesIn(path);
    else yield path;
  }
}
const filesWith = (text: string) => [...filesIn(folder)].filter((file) => readFileSync(file).includes(text));

describe("a world whose commands, events and states hold what belongs to people", () => {
  it("keeps it in no file: not in the bus, not in the services' databases, not in the journal", async () => {
    await say(ADA, SECRET);
    await say("player:bo", "all is well");
    await journaled(6);
    expect(hearsay().state(WORLD).root.last[ADA]?.text).toBe(SECRET);
    await host.stop();
    expect(filesWith(ADA).length).toBeGreaterThan(2);
    expect(filesWith(SECRET)).toEqual([]);
    await start();
    await vi.waitUntil(() => hearsay().ids().includes(WORLD), { timeout: 5_000 });
    expect(hearsay().state(WORLD).root.last[ADA]?.text).toBe(SECRET);
    expect(whispers().state(WORLD).root.last[ADA]?.text).toBe(SECRET);
  });

  it("replays to the same sealed bytes", async () => {
    await say(ADA, SECRET);
    await say("player:bo", "all is well");
    await say(ADA, "and so is the wine");
    await journaled(8);
    expect(await replayed()).toMatchObject({
      whisperer: { verdict: "PASS", events: 3 },
      gossip: { verdict: "PASS", inputs: 3 },
    });
  });

  it("tells its aggregates of an erasure, and cannot be replayed over it: NOT_RUN names what is gone", async () => {
    await say(ADA, SECRET);
    await say("player:bo", "all is well");
    await journaled(6);
    const { events } = await people().eraseSubject({ subject: ADA, note: "asked by letter" });
    expect(events).toBe(1);
    await vi.waitUntil(() => whispers().state(WORLD).root.last[ADA] === undefined, { timeout: 5_000 });
    const { whisperer: saying, gossip: hearing } = await replayed();
    expect(saying).toMatchObject({
      verdict: "NOT_RUN",
      reason: expect.stringMatching(/command torture.*player:ada/),
    });
    expect(hearing).toMatchObject({
      verdict: "NOT_RUN",
      reason: expect.stringMatching(/input .*player:ada/),
    });
    await say("player:bo", "all is well again");
  });

  it("reads ERASED after a restart, where an aggregate held on to it", async () => {
    await say(ADA, SECRET);
    await journaled(4);
    await people().eraseSubject({ subject: ADA, note: "asked by letter" });
    await host.stop();
    await start();
    await vi.waitUntil(() => hearsay().ids().includes(WORLD), { timeout: 5_000 });
    expect(hearsay().state(WORLD).root.last[ADA]?.text).toBe(ERASED);
  });

  it("waits with what is personal while event-bus is away, and goes on by itself", async () => {
    await say(ADA, SECRET);
    await host.running()[0]?.stop();
    kitOf("whisperer").personal.forget();
    let done = false;
    const saying = say("player:cy", "is anybody there?").then(() => (done = true));
    const { health } = host.running()[1] ?? {};
    const waits = () => JSON.stringify(health?.report()).includes("PERSONAL_KEYS_UNREACHABLE");
    await vi.waitUntil(waits, { timeout: 5_000 });
    expect(done).toBe(false);
    await host.replace(await loadService("event-bus"));
    await saying;
    expect(hearsay().state(WORLD).root.last["player:cy"]?.text).toBe("is anybody there?");
  });

  it("takes into a fork what is readable, and is erased there as well", async () => {
    await say(ADA, SECRET);
    await journaled(4);
    await host.directory
      .client(WorldService, admin)
      .fork({ worldId: WORLD, newWorldId: "fork", idempotencyKey: "fork-of-vale" });
    await vi.waitUntil(() => hearsay().ids().includes("fork"), { timeout: 5_000 });
    expect(hearsay().state("fork").root.last[ADA]?.text).toBe(SECRET);
    await people().eraseSubject({ subject: ADA, note: "asked by letter" });
    const journal = host.directory.client(JournalService, admin);
    const { events } = await journal.query({ worldId: "fork", filter: { types: [Whispered.typeName] } });
    expect(events.map(({ payload }) => Whispered.decode(payload).text)).toEqual([ERASED]);
  });
});
