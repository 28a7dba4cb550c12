import { SnapshotService } from "@orrery/schema/router/v1";
import { HoldState, HourChanged, TimerCancelled, TimerFired } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService, say, serveSnapshot, type ServiceDefinition } from "@orrery/service";
import { openFrame } from "@orrery/wire";
import { afterEach, describe, expect, it } from "vitest";
import { Boarded, PriceAsked } from "../../wire/test-schema/gen/outside/v1/mod.ts";
import { defineAggregate } from "../define.ts";
import { type TestServices, testServices } from "../test-services.ts";

const REGIONS = ["region:a", "region:b", "region:constructor"];

/** Tells the sky of each region as it begins, and of one region each hour; retires a region whose timer fires. */
const skyOf = (snapshot?: "own") =>
  defineAggregate(
    { state: { root: HoldState }, emits: [WeatherChanged, TimerCancelled], ...(snapshot && { snapshot }) },
    ({ on }) => ({
      create(_state, { atGs }, ctx) {
        for (const regionId of REGIONS) ctx.emit(WeatherChanged, { regionId, atGs, windKmh: 0 });
      },
      on: [
        on(HourChanged, ({ root }, { atGs }, ctx) => {
          root.sinceMs = atGs;
          const regionId = REGIONS[atGs % REGIONS.length] as string;
          ctx.emit(WeatherChanged, { regionId, atGs, windKmh: atGs });
          ctx.emit(TimerCancelled, { timerId: "a", atGs });
          if (atGs === TORN) throw new Error("half way");
        }),
        on(TimerFired, (_state, { timerId }, ctx) => ctx.retire(WeatherChanged, timerId) as undefined),
      ],
    }),
  );
const TORN = 99;
/** The same, each region in a shard. */
const sharded = defineAggregate(
  { name: "skies", shards: { most: 3, of: () => 3 }, state: { root: HoldState }, emits: [WeatherChanged] },
  ({ on }) => ({
    create(_state, { atGs }, ctx) {
      for (const regionId of REGIONS.filter(ctx.shard.has))
        ctx.emit(WeatherChanged, { regionId, atGs, windKmh: 0 });
    },
    on: [
      on(HourChanged, (_state, { atGs }, ctx) => {
        for (const regionId of REGIONS.filter(ctx.shard.has))
          ctx.emit(WeatherChanged, { regionId, atGs, windKmh: atGs });
      }),
    ],
  }),
);
const service = (aggregate: ReturnType<typeof skyOf>, more: Partial<ServiceDefinition> = {}) =>
  defineService({ id: "sky", summary: "Tells skies.", aggregate, ...more });

let services: TestServices;
async function begin() {
  services = await testServices([service(skyOf())]);
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
  await services.pass();
}
const hour = (atGs: number) => services.tell("vale", "time-manager", HourChanged, { atGs });
const shown = async () =>
  (await services.shown("vale", WeatherChanged)).map(({ regionId, windKmh }) => `${regionId} ${windKmh}`);

describe("who comes now", () => {
  afterEach(() => services.stop());

  it("is told what each shard of the world said last, also after a kill", async () => {
    services = await testServices([
      defineService({ id: "sky", summary: "Tells skies.", aggregate: [sharded] }),
    ]);
    await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
    await services.pass();
    expect((await shown()).sort()).toEqual(REGIONS.map((region) => `${region} 0`));
    await hour(1);
    await services.pass();
    await services.restart({ killed: true });
    expect((await shown()).sort()).toEqual(REGIONS.map((region) => `${region} 1`));
  });

  it.each([false, true])(
    "is told the last of each key, as it is after a restart too (killed: %s)",
    async (killed) => {
      await begin();
      expect(await shown()).toEqual(REGIONS.map((region) => `${region} 0`));
      for (const atGs of [1, 2, 4]) await hour(atGs);
      await services.pass();
      const told = ["region:a 0", "region:b 4", "region:constructor 2"];
      expect(await shown()).toEqual(told);
      await services.restart({ killed });
      expect(await shown()).toEqual(told);
      await hour(6);
      await services.pass();
      expect(await shown()).toEqual(["region:a 6", ...told.slice(1)]);
      expect(await services.shown("vale", TimerCancelled)).toEqual([]);
    },
  );

  it("is told of the regions that it looks at, and up to where", async () => {
    await begin();
    const client = services.host.directory.clientOf("sky", SnapshotService, {
      role: "service",
      id: "router",
      scopes: [],
    });
    const { frame, asOf } = await client.snapshot({ worldId: "vale", regionIds: ["region:b"] });
    const events = [...openFrame(frame).events()];
    expect(events.map(({ key, type }) => `${key} ${type}`)).toEqual(["region:b weather.v1.WeatherChanged"]);
    expect(asOf.some(({ sequence }) => sequence === REGIONS.length)).toBe(true);
    await expect(client.snapshot({ worldId: "nowhere" })).rejects.toThrow(/WORLD_UNKNOWN/);
  });

  it("is not told of what is gone, nor of what came to nothing", async () => {
    await begin();
    await services.tell("vale", "time-manager", TimerFired, { timerId: "region:b", atGs: 1 });
    await services.tell("vale", "time-manager", TimerFired, { timerId: "region:none", atGs: 1 });
    await hour(TORN);
    await services.pass(20_000);
    expect(await shown()).toEqual(["region:a 0", "region:constructor 0"]);
    await services.restart({ killed: true });
    expect(await shown()).toEqual(["region:a 0", "region:constructor 0"]);
  });

  it.each([false, true])(
    "is told by the service itself once it says so, and nothing is kept any more (killed: %s)",
    async (killed) => {
      await begin();
      const own = serveSnapshot(() => ({
        events: [say(WeatherChanged, { regionId: "region:a", windKmh: 7 })],
        asOf: [],
      }));
      const sky = skyOf("own");
      await services.restart({ killed, services: [service(sky, { rpc: [own] })] });
      await hour(1);
      await services.pass();
      expect(await shown()).toEqual(["region:a 7"]);
      expect((services.state(sky, "vale") as any).said.size).toBe(0);
    },
  );
});

describe("a definition", () => {
  it("that tells newcomers twice is refused", () => {
    const own = serveSnapshot(() => ({ events: [], asOf: [] }));
    expect(() => service(skyOf(), { rpc: [own] })).toThrow(/SERVICE_SNAPSHOT_TWICE.*sky/);
    expect(service(skyOf("own")).rpc.map(({ service }) => service.typeName)).not.toContain(
      SnapshotService.typeName,
    );
  });

  it("whose last events are personal is refused, unless it tells newcomers itself", () => {
    const state = { root: HoldState };
    const define = (facts: { snapshot?: "own" }) =>
      defineAggregate({ state, emits: [Boarded], ...facts }, () => ({ create: () => undefined }));
    expect(() => define({})).toThrow(/WORLD_SAID_PERSONAL.*outside.v1.Boarded/);
    expect(define({ snapshot: "own" }).kept.size).toBe(0);
  });

  it("cannot call a table as the kit's own", () => {
    const tables = { said: PriceAsked };
    expect(() =>
      defineAggregate({ state: { root: HoldState, tables }, emits: [] }, () => ({ create: () => undefined })),
    ).toThrow(/WORLD_TABLE_NAME.*said/);
  });
});
