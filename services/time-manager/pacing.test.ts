import { randomUUID } from "node:crypto";
import { HoldState, HourChanged, TimerCancelled, TimeService, TimeUpdated } from "@orrery/schema/time/v1";
import { WeatherSevere } from "@orrery/schema/weather/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { defineAggregate } from "@orrery/simulation/define";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import timeManager from "./service.ts";
import { valleyCalendar } from "./testing.ts";

const WORLD = "vale";
const HOUR_GS = 3_600;
const STEP_MS = 100;

/** What each says of an hour, the second of what the first said. */
const second = defineAggregate({ state: { root: HoldState }, emits: [WeatherSevere] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(TimerCancelled, ({ root }, { atGs }, ctx) => {
      root.sinceMs = atGs;
      ctx.emit(WeatherSevere, { atGs });
    }),
  ],
}));
const first = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
  create: () => undefined,
  on: [
    on(HourChanged, ({ root }, { atGs }, ctx) => {
      root.sinceMs = atGs;
      ctx.emit(TimerCancelled, { atGs, timerId: "none" });
    }),
  ],
}));
const SERVICES = [
  timeManager,
  defineService({ id: "first-hearer", summary: "Is tested.", aggregate: first }),
  defineService({ id: "second-hearer", summary: "Is tested.", aggregate: second }),
];

let services: TestServices;
/** What was said of the time, and of what followed, in the order in which it was said. */
let heard: string[];

beforeEach(async () => {
  services = await testServices(SERVICES);
  heard = [];
  listen();
  await services.tell(WORLD, "operator", WorldCreated, {
    worldId: WORLD,
    seed: "s",
    epochMs: services.clock.now(),
    rate: 60,
    pack: { calendar: valleyCalendar() },
  });
  await services.pass();
});
afterEach(() => services.stop());

const bus = () => services.host.surroundings.bus;
const time = () => services.host.directory.client(TimeService, { role: "admin", id: "ada", scopes: [] });
const key = () => randomUUID();

/** Ephemeral, so that nothing waits for it. */
function listen(): void {
  bus().subscribe({
    id: "test/order",
    types: [HourChanged.typeName, TimerCancelled.typeName, WeatherSevere.typeName],
    order: "key",
    ephemeral: true,
    from: "latest",
    handle(event) {
      const codec =
        event.type === HourChanged.typeName
          ? HourChanged
          : event.type === TimerCancelled.typeName
            ? TimerCancelled
            : WeatherSevere;
      const { atGs } = event.decode(codec as typeof HourChanged);
      heard.push(`${event.type.split(".").at(-1)} ${atGs / HOUR_GS}`);
    },
  });
}

/** @returns where the clock stands when the jump began */
async function skip(hours: number): Promise<number> {
  await time().hold({ worldId: WORLD, name: "test", note: "", idempotencyKey: key() });
  const fromGs = (await time().getClock({ worldId: WORLD })).now?.atGs ?? 0;
  const target = { case: "toGs", value: fromGs + hours * HOUR_GS } as const;
  await time().skipTo({ worldId: WORLD, target, idempotencyKey: key() });
  return fromGs;
}

/** @returns how long the jump took, ms */
async function untilOver(mostMs: number): Promise<number> {
  const beganMs = services.clock.now();
  while ((await time().getSkip({ worldId: WORLD })).running) {
    if (services.clock.now() - beganMs > mostMs) throw new Error(`the jump goes on after ${mostMs} ms`);
    await services.clock.advance(STEP_MS);
  }
  return services.clock.now() - beganMs;
}

const problem = () =>
  services.host
    .running()
    .find(({ definition }) => definition.id === "time-manager")
    ?.health.report()
    .checks.find(({ name }) => name === "jumps")?.problem;

/** A reader of hours that outlives its member. */
const reader = (handle: () => Promise<void> | undefined, id = "test/slow") =>
  bus().subscribe({ id, types: [HourChanged.typeName], order: "key", from: "latest", handle });

describe("a jump", () => {
  it("goes on by an hour when all that follows from the last one has been said", async () => {
    await skip(30);
    await untilOver(20_000);
    await services.pass();
    const hours = heard.filter((one) => one.startsWith("HourChanged")).map((one) => one.split(" ")[1]);
    expect(hours).toHaveLength(30);
    expect(heard).toEqual(
      hours.flatMap((hour) => [`HourChanged ${hour}`, `TimerCancelled ${hour}`, `WeatherSevere ${hour}`]),
    );
    expect(problem()).toBeUndefined();
  });

  it("waits for a slow hearer as long as that moves", async () => {
    let ahead = 0;
    let most = 0;
    await reader(async () => {
      ahead += 1;
      most = Math.max(most, heard.filter((one) => one.startsWith("HourChanged")).length - ahead);
      await services.clock.sleep(3_000);
    }).ready;
    await skip(6);
    expect(await untilOver(30_000)).toBeGreaterThan(15_000);
    expect(most).toBeLessThanOrEqual(1);
    expect(problem()).toBeUndefined();
  });

  it("leaves behind who stands still for 10 s, says so, and is with it again once that moves", async () => {
    const stuck = Promise.withResolvers<void>();
    await reader(() => stuck.promise).ready;
    await skip(24);
    await services.clock.advance(9_000);
    expect(heard.filter((one) => one.startsWith("HourChanged"))).toHaveLength(1);
    expect(problem()).toBeUndefined();
    await services.clock.advance(1_500);
    expect(problem()).toMatch(/vale does not wait for test\/slow: \d+ events wait there/);
    // The others are waited for as before.
    expect(await untilOver(5_000)).toBeGreaterThan(500);
    const hours = heard.filter((one) => one.startsWith("HourChanged"));
    expect(hours).toHaveLength(24);
    expect(heard.indexOf("WeatherSevere 9")).toBeLessThan(heard.indexOf("HourChanged 10"));
    expect(problem()).toBeUndefined();

    stuck.resolve();
    await services.pass(2_000);
    await skip(2);
    expect(await untilOver(2_000)).toBeLessThan(1_000);
  });

  it("does not wait for a reader that is not there, after its first 10 s", async () => {
    const gone = reader(() => undefined);
    await gone.ready;
    const drained = gone.drain();
    await services.clock.advance(1_000);
    await drained;
    await skip(24);
    const tookMs = await untilOver(20_000);
    expect(tookMs).toBeGreaterThan(10_000);
    expect(tookMs).toBeLessThan(14_000);
  });

  it.each([
    [
      "cannot be read",
      () => Promise.reject(new Error("the broker is away")),
      /its lag cannot be read: the broker is away/,
    ],
    ["is never told", () => new Promise<never>(() => {}), /its lag cannot be read: no answer within/],
  ])("waits as long for a lag that %s", async (_what, answer, why) => {
    vi.spyOn(timeBus(), "waiting").mockImplementation(answer);
    await skip(12);
    await services.clock.advance(10_400);
    expect(problem()).toMatch(why);
    await untilOver(15_000);
    expect(heard.filter((one) => one.startsWith("HourChanged"))).toHaveLength(12);
  });

  it("is ended at once while it waits, and the clock goes on", async () => {
    await reader(() => new Promise(() => {})).ready;
    await skip(24);
    await services.clock.advance(3_000);
    await time().cancelSkip({ worldId: WORLD, idempotencyKey: key() });
    const said = services.said(HourChanged).length;
    // Nor does the next one wait for what the last one waited for.
    await skip(24);
    await services.clock.advance(300);
    expect(services.said(HourChanged).length).toBe(said + 1);
    await time().cancelSkip({ worldId: WORLD, idempotencyKey: key() });
    await time().release({ worldId: WORLD, name: "test", idempotencyKey: key() });
    const before = (await time().getClock({ worldId: WORLD })).now?.atGs ?? 0;
    await services.clock.advance(5_000);
    expect(((await time().getClock({ worldId: WORLD })).now?.atGs ?? 0) - before).toBeGreaterThan(200);
    expect(services.said(TimeUpdated).length).toBeGreaterThan(3);
  });

  it("goes on after a restart amid it, and says every hour once", async () => {
    await skip(48);
    await services.clock.advance(400);
    expect((await time().getSkip({ worldId: WORLD })).running).toBe(true);
    await services.restart({ killed: true });
    await untilOver(30_000);
    await services.pass();
    const hours = services.said(HourChanged).map(({ atGs }) => atGs);
    expect(new Set(hours).size).toBe(hours.length);
    expect(services.state(second, WORLD).root.sinceMs).toBe(Math.max(...hours));
  });

  it("of one world does not wait for what another one has not handled", async () => {
    await services.tell("dale", "operator", WorldCreated, { worldId: "dale", seed: "s" });
    await reader(() => new Promise(() => {})).ready;
    await services.tell("dale", "time-manager", HourChanged, { atGs: 1 });
    await services.clock.advance(500);
    // Worlds do not wait for each other, and this reader has nothing of this one yet.
    const waiting = await bus().waiting(WORLD);
    expect(waiting).toEqual([]);
    expect((await bus().waiting("dale")).map(({ subscription }) => subscription)).toEqual(["test/slow"]);
  });
});

const timeBus = () => {
  const running = services.host.running().find(({ definition }) => definition.id === "time-manager");
  if (running === undefined) throw new Error("time-manager does not run");
  return running.kit.bus;
};
