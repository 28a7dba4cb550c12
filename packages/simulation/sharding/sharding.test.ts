import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, type VirtualClock, virtualClock } from "@orrery/bus";
import { codecs, fingerprint } from "@orrery/schema/registry";
import { HoldState, HourChanged, TimerCancelled, TimerFired, TimerRequested } from "@orrery/schema/time/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { createLogger, defineService, type Host, type KitTables, startHost } from "@orrery/service";
import { type Codec, encodeBytes, type InitOf, OrreryError } from "@orrery/wire";
import { create } from "@bufbuild/protobuf";
import { HoldStateSchema } from "@orrery/schema/time/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "../define.ts";
import { simulationErrors } from "../errors.ts";
import { testWorld } from "../testing.ts";
import { shardOf } from "./whom.ts";

const refusing = new Set<string>();

/** Timers, each kept in the shard that has its id. */
const timers = defineAggregate(
  {
    name: "timers",
    shards: { most: 4, of: ({ seed }) => (seed === "small" ? 2 : 4) },
    state: { root: HoldState, tables: { holds: HoldState } },
    emits: [TimerCancelled],
  },
  ({ on, command, query }) => ({
    create: ({ root }, _, { shard }) => void (root.note = `${shard.shard} of ${shard.shards}`),
    on: [
      on(HourChanged, ({ root }, { atGs }) => void (root.note += ` ${atGs}`)),
      on(
        TimerFired,
        ({ holds }, { timerId, atGs }, ctx) => {
          if (refusing.has(timerId))
            throw new OrreryError(simulationErrors.WORLD_UNKNOWN, { given: timerId });
          if (!holds.has(timerId)) holds.add(timerId, create(HoldStateSchema));
          holds.edit(timerId).note += `${ctx.shard.has(timerId)} `;
          ctx.emit(TimerCancelled, { timerId, atGs });
        },
        { whom: ({ timerId }) => timerId },
      ),
    ],
    commands: [
      command(
        TimerRequested,
        HoldState,
        ({ holds }, { timerId }, { shard }) => {
          holds.add(timerId, create(HoldStateSchema, { note: "asked" }));
          return { note: String(shard.shard) };
        },
        { whom: ({ timerId }) => timerId },
      ),
    ],
    queries: [query(HoldState, HoldState, ({ root, holds }) => ({ note: `${root.note}: ${holds.size}` }))],
  }),
);
/** Beside it, in the same service. */
const hours = defineAggregate(
  { name: "hours", state: { root: HoldState }, emits: [TimerRequested] },
  ({ on }) => ({
    create: () => undefined,
    on: [on(HourChanged, ({ root }, { atGs }) => void (root.note += `${atGs} `))],
  }),
);
const service = defineService({ id: "timer-keeper", summary: "Keeps timers.", aggregate: [timers, hours] });

let data: string;
let clock: VirtualClock;
let hosts: Host[];
let transport: ReturnType<typeof createMemoryTransport>;
const said = new Map<string, number>();

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "orrery-shards-"));
  clock = virtualClock();
  hosts = [];
  refusing.clear();
  said.clear();
  transport = { ...createMemoryTransport({ clock }), close: async () => {} };
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

async function start(instance: string): Promise<Host> {
  const host = await during(
    startHost({
      services: [service],
      transport,
      outsideTypes: [...codecs.keys()],
      storeUrl: () => join(data, "store.db"),
      env: {},
      clock,
      log: createLogger("silent"),
      instance,
    }),
  );
  hosts.push(host);
  return host;
}

const kitOf = (host: Host) => host.running()[0]!.kit;
const worldsOf = (host: Host) => kitOf(host).part(timers);
const heldBy = (host: Host) =>
  worldsOf(host)
    .shards.filter(({ active }) => active)
    .map(({ shard }) => shard);

async function tell<C extends Codec>(host: Host, codec: C, event: InitOf<C>, world = "vale"): Promise<void> {
  const publisher = host.surroundings.bus.publisher({ source: "operator", world, fingerprint });
  await during(Promise.resolve(publisher.publish(codec, event)));
  await clock.advance(500);
}
const begin = (host: Host, world = "vale", seed = "s") =>
  tell(host, WorldCreated, { worldId: world, seed }, world);
const fire = (host: Host, timerId: string) => tell(host, TimerFired, { timerId, atGs: 1, owner: "x" });
const notes = (host: Host, world = "vale") =>
  worldsOf(host)
    .shards.filter((shard) => shard.has(world))
    .map((shard) => shard.state(world).root.note);

describe("a world in shards", () => {
  it("keeps each key in one of them, tells all what concerns all, and names streams by shard", async () => {
    const host = await start("one");
    await begin(host);
    await tell(host, HourChanged, { atGs: 3_600 });
    for (let i = 0; i < 20; i++) await fire(host, `t${i}`);
    expect(notes(host)).toEqual([0, 1, 2, 3].map((shard) => `${shard} of 4 3600`));
    for (let i = 0; i < 20; i++) {
      const own = worldsOf(host).shards[shardOf(`t${i}`, 4)]!;
      expect(own.state("vale").holds.get(`t${i}`)?.note).toBe("true ");
    }
    const sizes = worldsOf(host).shards.map((shard) => shard.state("vale").holds.size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(20);
    const publishers = worldsOf(host)
      .marks("vale")
      .map(({ publisher }) => publisher);
    expect(
      publishers.filter((publisher) => publisher.startsWith("timer-keeper/vale/timers/2/")),
    ).toHaveLength(3);
    expect(new Set(publishers).size).toBe(12);
    expect(kitOf(host).part(hours).state("vale").root.note).toBe("3600 ");
  });

  it("sends a command to the shard of its key, and asks all of them one question", async () => {
    const host = await start("one");
    await begin(host);
    const worlds = worldsOf(host);
    for (let i = 0; i < 8; i++) {
      const given = { timerId: `t${i}`, atGs: 1 };
      const done = await during(worlds.command("vale", TimerRequested, HoldState, given, { caller: "x" }));
      expect(done.reply.note).toBe(String(shardOf(`t${i}`, 4)));
    }
    const answers = await during(worlds.gather("vale", HoldState, HoldState, {}));
    expect(answers.map(({ note }) => note.split(":")[0])).toEqual([0, 1, 2, 3].map((own) => `${own} of 4`));
    await expect(worlds.gather("vale", HourChanged, HoldState, {})).rejects.toMatchObject({
      code: "WORLD_NO_QUERY",
    });
    await expect(worlds.gather("nowhere", HoldState, HoldState, {})).rejects.toMatchObject({
      code: "WORLD_UNKNOWN",
    });
    const lost = worlds.command("nowhere", TimerRequested, HoldState, { timerId: "t" }, { caller: "x" });
    await expect(during(lost)).rejects.toMatchObject({ code: "WORLD_UNKNOWN" });
  });

  it("has as many as were fixed with its beginning, also after a restart by code that would say otherwise", async () => {
    const host = await start("one");
    await begin(host, "vale", "small");
    await begin(host, "fen");
    await tell(host, HourChanged, { atGs: 3_600 });
    expect(notes(host)).toEqual(["0 of 2 3600", "1 of 2 3600"]);
    expect(notes(host, "fen")).toHaveLength(4);
    expect(JSON.stringify(kitOf(host).health.report())).not.toMatch(/stands still/);
    await during(host.stop());
    hosts = [];
    const { of } = timers.shards;
    (timers.shards as { of: typeof of }).of = () => 3;
    const again = await start("one");
    await tell(again, HourChanged, { atGs: 7_200 });
    (timers.shards as { of: typeof of }).of = of;
    expect(notes(again)).toEqual(["0 of 2 3600 7200", "1 of 2 3600 7200"]);
    const rows = await kitOf(again).store.as<KitTables>().selectFrom("set_aside").selectAll().execute();
    expect(rows).toEqual([]);
  });

  it("goes on in the others while one of them refuses", async () => {
    const host = await start("one");
    await begin(host);
    refusing.add("t1");
    await fire(host, "t1");
    const other = Array.from({ length: 20 }, (_, i) => `t${i}`).find(
      (id) => shardOf(id, 4) !== shardOf("t1", 4),
    ) as string;
    await fire(host, other);
    const state = (id: string) => worldsOf(host).shards[shardOf(id, 4)]!.state("vale");
    expect(state(other).holds.has(other)).toBe(true);
    expect(state("t1").holds.has("t1")).toBe(false);
    refusing.clear();
    for (let s = 0; s < 120; s++) await clock.advance(1_000);
    expect(state("t1").holds.get("t1")?.note).toBe("true ");
  });

  it("ends in all of them", async () => {
    const host = await start("one");
    await begin(host);
    await tell(host, WorldArchived, { worldId: "vale", deleted: true });
    expect(worldsOf(host).has("vale")).toBe(false);
    const rows = await kitOf(host).store.as<KitTables>().selectFrom("shard").select("part").execute();
    expect(rows).toEqual([]);
  });
});

describe("shards in several processes", () => {
  it("are shared evenly by those who are there, and each state is where it was", async () => {
    const one = await start("one");
    await begin(one);
    for (let i = 0; i < 12; i++) await fire(one, `t${i}`);
    expect(heldBy(one)).toEqual([0, 1, 2, 3]);
    const two = await start("two");
    for (let s = 0; s < 10; s++) await clock.advance(1_000);
    expect([heldBy(one).length, heldBy(two).length]).toEqual([2, 2]);
    expect([...heldBy(one), ...heldBy(two)].sort()).toEqual([0, 1, 2, 3]);
    for (let i = 12; i < 24; i++) await fire(one, `t${i}`);
    for (let i = 0; i < 24; i++) {
      const shard = shardOf(`t${i}`, 4);
      const [own] = [one, two].filter((host) => heldBy(host).includes(shard));
      expect(worldsOf(own!).shards[shard]!.state("vale").holds.get(`t${i}`)?.note).toBe("true ");
    }
    const [mine] = heldBy(two);
    await expect(
      during(worldsOf(one).shards[mine!]!.command("vale", TimerRequested, HoldState, {}, { caller: "x" })),
    ).rejects.toMatchObject({ code: "WORLD_NOT_OURS" });
  });

  it("move within ten seconds when a process is gone without a word, and nothing is lost or taken twice", async () => {
    const one = await start("one");
    await begin(one);
    const two = await start("two");
    for (let s = 0; s < 10; s++) await clock.advance(1_000);
    const moving = heldBy(one);
    // It hears and says nothing any more: its leases run out.
    await during(one.surroundings.bus.drain({ deadlineMs: 1_000 }));
    await kitOf(one).store.close();
    for (let s = 0; s < 10; s++) await clock.advance(1_000);
    expect(heldBy(two)).toEqual([0, 1, 2, 3]);
    for (let i = 0; i < 12; i++) await fire(two, `t${i}`);
    for (const shard of moving) {
      const { holds } = worldsOf(two).shards[shard]!.state("vale");
      for (const id of holds.ids()) expect(holds.get(id)?.note).toBe("true ");
    }
    hosts = [two];
  });
});

describe("the definition of shards", () => {
  const facts = { state: { root: HoldState }, emits: [] };
  const made = (most: number) => () =>
    defineAggregate({ ...facts, shards: { most, of: () => 1 } }, () => ({ create: () => undefined }));

  it.each([0, 65, 1.5, Number.NaN])("refuses %d of them", (most) => {
    expect(made(most)).toThrow(/WORLD_SHARDS/);
  });

  it.each(["", "People", "a/b", "3rd", "x".repeat(25)])("refuses the name %j", (name) => {
    expect(() => defineAggregate({ ...facts, name }, () => ({ create: () => undefined }))).toThrow(
      /WORLD_AGGREGATE_NAME/,
    );
  });

  it("refuses a command that does not say where it goes", () => {
    expect(() =>
      defineAggregate({ ...facts, shards: { most: 2, of: () => 2 } }, ({ command }) => ({
        create: () => undefined,
        commands: [command(TimerRequested, HoldState, () => ({}))],
      })),
    ).toThrow(/WORLD_COMMAND_WHOM.*TimerRequested/);
  });

  it("refuses two aggregates of one name in a service", () => {
    expect(() => defineService({ id: "twice", summary: "-", aggregate: [timers, timers] })).toThrow(
      /SERVICE_PART_TWICE.*timers/,
    );
  });

  it("of a world that would have more than there can be, refuses the world", async () => {
    const host = await start("one");
    const { of } = timers.shards;
    (timers.shards as { of: typeof of }).of = () => 5;
    await begin(host);
    (timers.shards as { of: typeof of }).of = of;
    expect(JSON.stringify(kitOf(host).health.report())).toMatch(/WORLD_SHARDS/);
  });
});

it("a test can be of one shard, which is told only what concerns it", () => {
  const shard = shardOf("t1", 4);
  const world = testWorld(timers, { worldId: "w" }, "timer-keeper", { shard, shards: 4 });
  world.tell(TimerFired, { timerId: "t1", atGs: 1 });
  const other = Array.from({ length: 20 }, (_, i) => `t${i}`).find(
    (id) => shardOf(id, 4) !== shard,
  ) as string;
  world.tell(TimerFired, { timerId: other, atGs: 1 });
  expect(world.state.holds.ids()).toEqual(["t1"]);
  expect(encodeBytes(HoldState, world.state.root)).toEqual(encodeBytes(HoldState, { note: `${shard} of 4` }));
});
