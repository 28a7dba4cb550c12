import { HoldState, HourChanged, TimerCancelled } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService, type KitTables } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { type TestServices, testServices } from "./test-services.ts";

/** Heavier than what comes in, so that no cut is due by itself. */
const HEAVY = "x".repeat(150_000);
const keeper = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: ({ root }) => void (root.note = HEAVY),
  on: [on(HourChanged, ({ root }, { atGs }) => void (root.sinceMs = atGs))],
}));
const service = defineService({ id: "keeper", summary: "Keeps.", aggregate: keeper });

let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
  await services.pass();
});
afterEach(() => services.stop());

const kit = () => services.host.running()[0]!.kit;
const worlds = () => kit().part(keeper).shards[0]!;
const stored = async () => {
  const db = kit().store.as<KitTables>();
  const cut = await db.selectFrom("cut").select("seq").executeTakeFirstOrThrow();
  const tail = await db.selectFrom("intake").select("seq").execute();
  return { seq: Number(cut.seq), tail: tail.length };
};
let atGs = 0;
const hours = async (count: number) => {
  for (let left = count; left > 0; left--)
    await services.tell("vale", "time-manager", HourChanged, { atGs: ++atGs });
};

describe("a cut that somebody wants", () => {
  it("is not made where a start has little to do", async () => {
    await hours(3);
    const before = await stored();
    expect(await worlds().cut("vale")).toBe(false);
    expect(await stored()).toEqual(before);
  });

  it("leaves nothing to be handled again of a world that rests", async () => {
    await hours(1_200);
    await services.pass();
    expect((await stored()).tail).toBeGreaterThan(100);
    const cutting = worlds().cut("vale");
    await services.pass(2_000);
    expect(await cutting).toBe(true);
    expect((await stored()).tail).toBe(0);
    await services.restart({ killed: true });
    expect(services.state(keeper, "vale").root.sinceMs).toBe(atGs);
  });

  it("is of the next commit while the world goes on, and what it is then is what a kill leaves", async () => {
    await hours(1_200);
    const cutting = worlds().cut("vale");
    await hours(20);
    await services.pass(2_000);
    expect(await cutting).toBe(true);
    const { seq, tail } = await stored();
    expect(seq).toBeGreaterThan(1_000);
    expect(tail).toBeLessThan(30);
    await services.restart({ killed: true });
    expect(services.state(keeper, "vale").root.sinceMs).toBe(atGs);
  });

  it("of a world that is not here is refused", async () => {
    await expect(worlds().cut("nowhere")).rejects.toMatchObject({ code: "WORLD_UNKNOWN" });
  });
});
