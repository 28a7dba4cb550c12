import { HoldState, TimerRequested } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Keep } from "./aggregate.ts";
import { defineAggregate } from "./define.ts";
import { type TestServices, testServices } from "./test-services.ts";

const counting = (keep?: Keep) =>
  defineAggregate({ state: { root: HoldState }, emits: [] }, ({ command }) => ({
    create: () => undefined,
    commands: [
      command(TimerRequested, HoldState, ({ root }) => ({ sinceMs: (root.sinceMs += 1) }), {
        ...(keep !== undefined && { keep }),
      }),
    ],
  }));

describe("how long an answer is kept", () => {
  it.each([0, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 36_501])(
    "is refused where it is defined when it is %s days",
    (days) => {
      expect(() => counting({ days })).toThrow(/WORLD_COMMAND_KEEP.*TimerRequested/);
    },
  );
});

describe.each([
  ["a month", { days: 30 }, 1],
  ["for ever", "forever", 1],
  ["a day, without a word", undefined, 2],
] as const)("a command whose answer is kept %s", (_name, keep, after25h) => {
  const counter = counting(keep);
  let services: TestServices;
  beforeEach(async () => {
    services = await testServices([defineService({ id: "counter", summary: "-", aggregate: counter })]);
    await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
    await services.pass();
  });
  afterEach(() => services.stop());

  async function call(key: string, timerId = "t"): Promise<number> {
    const terms = { caller: "test", idempotencyKey: key };
    const worlds = services.host.running()[0]!.kit.part(counter);
    const asked = worlds.command("vale", TimerRequested, HoldState, { timerId }, terms);
    const settled = asked.catch(() => undefined);
    await services.clock.advance(1_000);
    await settled;
    return (await asked).reply.sinceMs;
  }

  it("answers a repeat after 25 hours as it promised, also after a kill, and refuses its key to another", async () => {
    expect([await call("key-of-this-one"), await call("key-of-this-one")]).toEqual([1, 1]);
    await services.restart({ killed: true, afterMs: 25 * 3_600_000 });
    // The sweep goes with a commit.
    const swept = await call("key-of-another-one");
    expect(swept).toBe(2);
    await services.restart({ killed: true });
    expect(await call("key-of-this-one")).toBe(after25h === 1 ? 1 : 3);
    await expect(call("key-of-this-one", "another")).rejects.toThrow(/RPC_IDEMPOTENCY_REUSED/);
  });
});
