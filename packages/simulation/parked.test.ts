import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { create } from "@bufbuild/protobuf";
import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { PackPart, PackSchema, WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import {
  createLogger,
  defineService,
  type Host,
  type KitTables,
  packParts,
  sectionsOf,
  startHost,
} from "@orrery/service";
import { openFrame, OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { defineAggregate } from "./define.ts";
import { simulationErrors } from "./errors.ts";
import { createParked } from "./parked.ts";

/** Seeds of worlds that it will not begin, and hours that it will not take. */
let refusedSeeds: Set<string>;
let refusedHours: Set<number>;

/** Writes down the hours of a world, in order. */
const hours = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create(_state, { seed }) {
    if (refusedSeeds.has(seed)) throw new OrreryError(simulationErrors.WORLD_STATE_BROKEN, { given: seed });
  },
  on: [
    on(HourChanged, ({ root: state }, { atGs }) => {
      if (refusedHours.has(atGs))
        throw new OrreryError(simulationErrors.WORLD_EMITS_UNDECLARED, { given: "no" });
      state.note += `${atGs} `;
    }),
  ],
}));
const clerk = defineService({ id: "hour-clerk", summary: "Writes down hours.", aggregate: hours });

let data: string;
let clock: VirtualClock;
let host: Host;

beforeEach(async () => {
  refusedSeeds = new Set();
  refusedHours = new Set();
  data = mkdtempSync(join(tmpdir(), "orrery-parked-"));
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(data, { recursive: true });
});

async function start(): Promise<void> {
  clock = virtualClock();
  host = await startHost({
    services: [clerk],
    transport: createMemoryTransport({ clock }),
    outsideTypes: [WorldCreated, WorldArchived, PackPart, HourChanged].map(({ typeName }) => typeName),
    storeUrl: () => join(data, "store.db"),
    env: {},
    log: createLogger("silent"),
    clock,
  });
}

async function stop(): Promise<void> {
  let stopped = false;
  const stopping = host.stop().then(() => (stopped = true));
  while (!stopped) await pass(100);
  await stopping;
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    await clock.advance(Math.min(left, 100));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const say = (world: string, source: string) =>
  host.surroundings.bus.publisher({ source, world, fingerprint });

async function begin(world: string, more: object = {}): Promise<void> {
  void say(world, "operator").publish(WorldCreated, { worldId: world, seed: world, ...more });
  await pass(500);
}

async function tell(world: string, ...atGs: readonly number[]): Promise<void> {
  const time = say(world, "time-manager");
  for (const gs of atGs) void time.publish(HourChanged, { atGs: gs });
  await pass(500);
}

const kit = () => host.running()[0]?.kit;
const noted = (world: string) => kit()?.part(hours).state(world).root.note;
const problem = () => {
  const report = host.running()[0]?.health.report();
  return { ready: report?.ready, said: report?.checks.find(({ name }) => name === "worlds")?.problem };
};

describe("a world that cannot begin", () => {
  it("stands still by itself: the others go on at once, and health says which and why", async () => {
    await begin("fork", { forkedFrom: { worldId: "nowhere", position: 1, atGs: 0 } });
    await begin("vale");
    await tell("fork", 1);
    await tell("vale", 1, 2);
    expect(noted("vale")).toBe("1 2 ");
    expect(problem()).toEqual({
      ready: true,
      said: expect.stringMatching(/^fork stands still: .*tried again in/),
    });
    expect(() => noted("fork")).toThrow(/WORLD_PARKED.*RPC_NO_SERVICE/);
  });

  it("goes on by itself once it can, with all that was said meanwhile, in order", async () => {
    refusedSeeds.add("vale");
    await begin("vale");
    await tell("vale", 1, 2);
    await tell("vale", 3);
    expect(problem().said).toMatch(/vale stands still: WORLD_STATE_BROKEN/);
    refusedSeeds.clear();
    await pass(60_000);
    await tell("vale", 4);
    expect(noted("vale")).toBe("1 2 3 4 ");
    expect(problem()).toEqual({ ready: true, said: undefined });
  });

  it("has lost nothing when the process was stopped while it stood still", async () => {
    refusedSeeds.add("vale");
    await begin("vale");
    await tell("vale", 1, 2);
    await stop();
    refusedSeeds.clear();
    await start();
    await pass(1_000);
    expect(noted("vale")).toBe("1 2 ");
  });
});

it("what is said in a world before its beginning waits for that, and holds up nobody", async () => {
  await tell("vale", 1, 2);
  await begin("fen");
  await tell("fen", 7);
  expect(noted("fen")).toBe("7 ");
  expect(problem().said).toBe("vale stands still: nobody has said that it exists");
  await begin("vale");
  expect(noted("vale")).toBe("1 2 ");
});

it("what comes right after the beginning was dropped, under the id that this had, is taken in too", async () => {
  refusedSeeds.add("vale");
  await begin("vale");
  await tell("vale", 1);
  const own = kit();
  if (own === undefined) throw new Error("no service runs");
  const db = own.store.as<KitTables>();
  const rows = await db.selectFrom("set_aside").select("frame").orderBy("id").execute();
  const [created, hour] = rows.map(({ frame }) => openFrame(frame));
  if (created === undefined || hour === undefined) throw new Error("nothing was set aside");
  await db.deleteFrom("set_aside").execute();
  const taken: string[] = [];
  let then = async () => {};
  const dropping = {
    selectFrom: db.selectFrom.bind(db),
    insertInto: db.insertInto.bind(db),
    deleteFrom: () => ({
      where: (_column: "id", _is: "=", id: number) => ({
        async execute() {
          await db.deleteFrom("set_aside").where("id", "=", id).execute();
          await then();
        },
      }),
    }),
  };
  const parked = createParked({
    kit: { ...own, store: { ...own.store, as: () => dropping as never } },
    part: "alone/0",
    wants: () => true,
    open: async (_world, beginning) => beginning !== undefined,
    take: async (_world, { type }) => void taken.push(type),
    commit: async () => {},
  });
  then = async () => {
    then = async () => {};
    await parked.keep("vale", hour);
  };
  await parked.keep("vale", created);
  await pass(500);
  expect(taken).toEqual([WorldCreated.typeName, HourChanged.typeName]);
  expect(parked.has("vale")).toBe(false);
  await parked.close();
});

it("a world whose pack is said by its parts begins at once, without waiting aside", async () => {
  const [section] = sectionsOf(create(PackSchema, { calendar: { weekdays: ["Moonday"] } }));
  if (section === undefined) throw new Error("the pack has no section");
  const own = kit();
  if (own === undefined) throw new Error("no service runs");
  const kept = vi.spyOn(own.store.as<KitTables>(), "insertInto");
  const parts = packParts(section.bytes);
  const publisher = say("vale", "operator");
  for (const [index, bytes] of parts.entries())
    void publisher.publish(PackPart, {
      ...{ digest: section.digest, section: section.section, index, parts: parts.length, bytes },
    });
  await pass(500);
  const named = { section: section.section, digest: section.digest, bytes: section.bytes.length };
  await begin("vale", {
    sections: [{ ...named, parts: parts.length, publisher: publisher.id("standard"), first: 1 }],
  });
  await tell("vale", 1);
  expect(noted("vale")).toBe("1 ");
  expect(kept.mock.calls.map(([table]) => table)).not.toContain("set_aside");
});

it("what lies aside while its world goes on is found, taken in late and named by health", async () => {
  await tell("fen", 5);
  await begin("vale");
  const db = kit()?.store.as<KitTables>();
  await db?.updateTable("set_aside").set({ world: "vale" }).execute();
  await tell("vale", 6);
  expect(noted("vale")).toBe("6 ");
  await pass(11_000);
  expect(problem()).toEqual({
    ready: true,
    said: expect.stringContaining("vale: 1 frames lay aside while it went on, and were taken in late"),
  });
  expect(await db?.selectFrom("set_aside").select("id").execute()).toEqual([]);
});

it("an event that had waited and is refused leaves its neighbours alone, and is offered again at the next start", async () => {
  refusedHours.add(2);
  await tell("vale", 1, 2, 3);
  await begin("vale");
  expect(noted("vale")).toBe("1 3 ");
  expect(problem().said).toBe("vale: 1 events that had waited were refused");
  await stop();
  refusedHours.clear();
  await start();
  await pass(1_000);
  expect(noted("vale")).toBe("1 3 2 ");
  expect(problem().said).toBeUndefined();
});

it("a state that cannot be read is its own world's trouble", async () => {
  await begin("vale");
  await begin("fen");
  await tell("vale", 1);
  await stop();
  await start();
  // Nothing came in since: a stop writes nothing over it.
  const store = kit()?.store.as<KitTables>();
  await store
    ?.updateTable("shard")
    .set({ progress: new Uint8Array([255]) })
    .where("world", "=", "vale")
    .execute();
  await stop();
  await start();
  await pass(1_000);
  await tell("fen", 1);
  expect(noted("fen")).toBe("1 ");
  expect(problem().said).toMatch(/^vale stands still: WORLD_STATE_BROKEN/);
});

describe("a world that has ended", () => {
  const end = async (world: string, deleted: boolean) => {
    void say(world, "event-bus").publish(WorldArchived, { worldId: world, deleted });
    await pass(500);
  };
  const rows = async (table: keyof KitTables) =>
    (await kit()?.store.as<KitTables>().selectFrom(table).selectAll().execute())?.length;

  it("is held by nobody any more, and what is still said in it is passed over, after a restart too", async () => {
    await begin("vale");
    await tell("vale", 1);
    await end("vale", false);
    expect(() => noted("vale")).toThrow(/WORLD_UNKNOWN/);
    expect(await rows("shard")).toBe(1);
    await stop();
    await start();
    await tell("vale", 2);
    expect(() => noted("vale")).toThrow(/WORLD_UNKNOWN/);
    expect([await rows("set_aside"), problem().said]).toEqual([0, undefined]);
  });

  it("leaves nothing behind when it is deleted", async () => {
    await begin("vale");
    await tell("vale", 1);
    await end("vale", false);
    await end("vale", true);
    const tables = ["shard", "cut", "segment", "intake", "answer"] as const;
    expect(await Promise.all(tables.map(rows))).toEqual([0, 0, 0, 0, 0]);
  });
});
