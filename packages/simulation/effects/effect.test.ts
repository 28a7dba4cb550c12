import { HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { AnswerTaken } from "@orrery/schema/simulation/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { WorldArchived, WorldCreated } from "@orrery/schema/world/v1";
import { serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { afterEach, describe, expect, it } from "vitest";
import { PriceHeard } from "../../wire/test-schema/gen/outside/v1/mod.ts";
import { simulationErrors } from "../errors.ts";
import { standIn } from "../test-stand-in.ts";
import { type TestServices, testServices } from "../test-services.ts";
import { REFUSED, type Seller, stall, stallWith } from "./stall.testing.ts";
import type { EffectTerms } from "./terms.ts";

let services: TestServices;
afterEach(() => services.stop());

async function begin(seller: Seller, terms?: Partial<EffectTerms>, ...worlds: readonly string[]) {
  services = await testServices([stallWith(seller, terms)]);
  for (const worldId of worlds.length > 0 ? worlds : ["vale"])
    await services.tell(worldId, "operator", WorldCreated, { worldId, seed: "s" });
  await services.pass();
}
const hour = (atGs: number, world = "vale") => services.tell(world, "time-manager", HourChanged, { atGs });
const notes = (world = "vale") => services.state(stall, world).root.notes;
const open = (world = "vale") => services.state(stall, world).prices.ids();
const kit = () => services.host.running()[0]!.kit;
const lease = (owner: string, until_ms: number) =>
  kit().store.as<any>().updateTable("lease").set({ owner, until_ms }).execute();
const health = () => JSON.stringify(kit().health.report());
const measured = async (name: string) => {
  const text = await services.host.surroundings.registry.getSingleMetricAsString(name);
  return text
    .split("\n")
    .filter((line) => line.startsWith(name))
    .join("\n");
};
const never = () => new Promise<never>(() => {});

describe("what is asked outside", () => {
  it("is answered once by a command that takes the intent away", async () => {
    const asked: string[] = [];
    await begin(async ({ item }, { id, world, key }) => {
      asked.push(`${world} ${id} ${item} ${key.length}`);
      return { price: 7 };
    });
    await hour(1);
    await services.pass();
    expect(asked).toEqual(["vale price-1 bread-1 32"]);
    expect(notes()).toEqual(["bread-1 7"]);
    expect(open()).toEqual([]);
    expect(await measured("orrery_effects_total")).toMatch(/effect="prices",outcome="answered"\} 1/);
    expect(await measured("orrery_effects_open")).toMatch(/\} 0$/);
  });

  it("is not asked as long as it is not committed", async () => {
    let asked = 0;
    await begin(async () => ({ price: ++asked }));
    await lease("another", services.clock.now() + 6_000);
    await hour(1);
    await services.clock.advance(500);
    expect(asked).toBe(0);
    await services.clock.advance(30_000);
    await services.pass();
    expect(notes()).toEqual(["bread-1 1"]);
  });

  it("is taken up again under its key after a kill, whether its answer was lost or it was under way", async () => {
    /** Whoever is asked knows keys: what it did once it tells again. */
    const sold = new Map<string, number>();
    const keys: string[] = [];
    let isLost = true;
    await begin(async ({ item }, { key }) => {
      keys.push(key);
      if (!sold.has(key)) sold.set(key, sold.size + 1);
      if (isLost || item === "bread-9") return never();
      return { price: sold.get(key) as number };
    });
    await hour(1);
    await services.pass();
    expect(keys).toHaveLength(1);
    isLost = false;
    await services.restart({ killed: true });
    await services.pass();
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(sold.size).toBe(1);
    expect(notes()).toEqual(["bread-1 1"]);
    await hour(2);
    await services.pass();
    expect(new Set(keys).size).toBe(2);
    await services.restart();
    expect(keys).toHaveLength(3);
  });

  it("changes nothing when its answer comes twice", async () => {
    await begin(async () => ({ price: 7 }));
    await hour(1);
    await services.pass();
    const worlds = kit().part(stall);
    const again = { intentId: "price-1", price: 9 };
    const answered = worlds.command("vale", PriceHeard, AnswerTaken, again, { caller: "stall" });
    await services.pass();
    expect((await answered).reply).toMatchObject({ wasOpen: false });
    expect(notes()).toEqual(["bread-1 7"]);
  });

  it("is told as refused, by the code, when the refusal is final", async () => {
    await begin(async () => {
      throw new OrreryError(serviceErrors.RPC_FIELD_INVALID, { given: "bread" });
    });
    await hour(1);
    await services.pass();
    expect(notes()).toEqual(["bread-1 RPC_FIELD_INVALID"]);
    expect(open()).toEqual([]);
  });

  it("is tried again with growing pauses after what may pass, and no longer than its deadline", async () => {
    const tries: number[] = [];
    await begin(
      async () => {
        tries.push(services.clock.now());
        if (tries.length === 3)
          throw new OrreryError(serviceErrors.SERVICE_NOT_READY, { retryAfterMs: 7_000 });
        throw new Error("no line");
      },
      { deadlineMs: 20_000 },
    );
    await hour(1);
    await services.pass(5_000);
    expect(notes()).toEqual([]);
    expect(health()).toMatch(/price-1.*of vale waits for \d s, tried 3 times: SERVICE_NOT_READY/);
    await services.pass(30_000);
    expect(notes()).toEqual(["bread-1 RPC_NO_ANSWER?"]);
    const pauses = tries.slice(1).map((ms, at) => Math.round((ms - (tries[at] as number)) / 1_000));
    expect(pauses).toEqual([1, 2, 7, 8, 2]);
    expect(health()).not.toMatch(/price-1/);
  });

  it("is tried once at least, however long ago its deadline was", async () => {
    let isBack = false;
    let tries = 0;
    await begin(async () => (isBack ? { price: ++tries } : never()), { deadlineMs: 5_000 });
    await hour(1);
    await services.pass(200);
    const held = services.restart({ killed: true });
    isBack = true;
    await services.clock.advance(60_000);
    await held;
    await services.pass();
    expect(notes()).toEqual(["bread-1 1"]);
  });

  it("is asked anew when one try takes too long", async () => {
    const signals: AbortSignal[] = [];
    await begin(
      (_asked, { signal }) => (signals.push(signal) > 1 ? Promise.resolve({ price: 3 }) : never()),
      { attemptMs: 2_000 },
    );
    await hour(1);
    await services.pass(4_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]?.reason).toMatchObject({ code: simulationErrors.WORLD_EFFECT_LATE.code });
    expect(notes()).toEqual(["bread-1 3"]);
  });

  it("is let go when its world ends meanwhile, and when a handler takes it back", async () => {
    const signals = new Map<string, AbortSignal>();
    await begin(
      (_asked, { world, id, signal }) => (signals.set(`${world} ${id}`, signal), never()),
      {},
      "vale",
      "fen",
    );
    await hour(1, "vale");
    await hour(1, "fen");
    await hour(2, "fen");
    await services.pass();
    await services.tell("vale", "operator", WorldArchived, { worldId: "vale" });
    await services.tell("fen", "time-manager", TimerCancelled, { timerId: "price-1", atGs: 2 });
    await services.pass();
    expect([...signals].map(([name, { aborted }]) => `${name} ${aborted}`)).toEqual([
      "vale price-1 true",
      "fen price-1 true",
      "fen price-2 false",
    ]);
    expect(await measured("orrery_effects_open")).toMatch(/\} 1$/);
    expect(await measured("orrery_effects_total")).toMatch(/outcome="withdrawn"\} 2/);
  });

  it("is under way at most so often at once, and worlds take turns", async () => {
    const order: string[] = [];
    let most = 0;
    let now = 0;
    await begin(
      async (_asked, { world, id, kit }) => {
        order.push(`${world} ${id}`);
        most = Math.max(most, ++now);
        await kit.clock.sleep(3_000);
        now -= 1;
        return { price: 1 };
      },
      { atOnce: 2 },
      "vale",
      "fen",
    );
    for (let at = 1; at <= 12; at++) await hour(at, "vale");
    await hour(1, "fen");
    await services.pass(30_000);
    expect(most).toBe(2);
    expect(order).toHaveLength(13);
    expect(order.indexOf("fen price-1")).toBeLessThan(6);
    expect([open("vale"), open("fen")]).toEqual([[], []]);
  });

  it("whose answer the world refuses is not asked again, and health says so", async () => {
    let asked = 0;
    await begin(async () => (asked++, { price: REFUSED }));
    await hour(1);
    await services.pass(60_000);
    expect(asked).toBe(1);
    expect(open()).toEqual(["price-1"]);
    expect(health()).toMatch(/price-1.*tried \d times: RPC_FIELD_INVALID/);
  });

  it("goes to whom the lease went, and comes back from there", async () => {
    let asked = 0;
    await begin(async () => (++asked === 1 ? never() : { price: asked }), { deadlineMs: Infinity });
    await hour(1);
    await services.pass();
    await lease("another", services.clock.now() + 6_000);
    await services.clock.advance(3_000);
    expect(kit().part(stall).active).toBe(false);
    await services.clock.advance(20_000);
    expect(kit().part(stall).active).toBe(true);
    await services.pass(30_000);
    expect(notes()).toEqual(["bread-1 2"]);
  });

  it("takes a refusal of the service that is asked as final, and waits for one that is not there yet", async () => {
    let isThere = false;
    const weather = standIn("weather-manager", WeatherService, {
      getForecast({ regionId }) {
        if (!isThere) throw new OrreryError(serviceErrors.SERVICE_NOT_READY);
        if (regionId === "bread-2") throw new OrreryError(serviceErrors.RPC_FIELD_INVALID);
        return { regionId, issuedGs: 5 };
      },
    });
    const seller: Seller = async ({ item: regionId }, { world: worldId, kit, signal }) => {
      const { issuedGs } = await kit.client(WeatherService).getForecast({ worldId, regionId }, { signal });
      return { price: issuedGs };
    };
    services = await testServices([stallWith(seller), weather]);
    await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
    await hour(1);
    await hour(2);
    await services.pass(2_000);
    expect(notes()).toEqual([]);
    isThere = true;
    await services.pass(10_000);
    expect(notes()).toEqual(["bread-1 5", "bread-2 RPC_FIELD_INVALID"]);
  });
});
