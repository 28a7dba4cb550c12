import { create } from "@bufbuild/protobuf";
import { CodeAdopted } from "@orrery/schema/bus/v1";
import { HoldState, HourChanged, TimerCancelled, Timer, TimerSchema } from "@orrery/schema/time/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { defineService } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineAggregate } from "./define.ts";
import { type RestartAs, type TestServices, testServices } from "./test-services.ts";

const refusal = {
  code: "TEST_NO_THIRD",
  status: "invalid_argument",
  summary: "Not the third",
  todo: "-",
} as const;

/** Says each hour what it makes of it, and keeps the sum. */
function adding(step: number, refuses = Number.NaN, dies = Number.NaN) {
  const sums = defineAggregate({ state: { root: HoldState }, emits: [TimerCancelled] }, ({ on }) => ({
    create: () => undefined,
    on: [
      on(HourChanged, ({ root: state }, { atGs }, ctx) => {
        if (atGs === refuses) throw new OrreryError(refusal as never, { given: String(atGs) });
        state.sinceMs += step;
        if (atGs === dies) throw new TypeError("half way");
        ctx.emit(TimerCancelled, { timerId: String(state.sinceMs), atGs });
      }),
    ],
  }));
  return { sums, service: defineService({ id: "adder", summary: "Adds.", aggregate: sums }) };
}

const first = adding(1);
let services: TestServices;
beforeEach(async () => {
  services = await testServices([first.service]);
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s" });
  for (const atGs of [1, 2, 3]) await services.tell("vale", "time-manager", HourChanged, { atGs });
  await services.pass();
});
afterEach(() => services.stop());

const restart = (other: typeof first, how: RestartAs) =>
  services.restart({ services: [other.service], ...how });
const sum = ({ sums }: typeof first) => services.state(sums, "vale").root.sinceMs;
const told = () => services.said(TimerCancelled).map(({ timerId }) => timerId);
const health = () => services.host.running()[0]?.health.report();

async function hour(atGs: number): Promise<void> {
  await services.tell("vale", "time-manager", HourChanged, { atGs });
  await services.pass();
}

describe("other code after a clean stop", () => {
  it("goes on from what the earlier code left, and leaves what it told as it is", async () => {
    const other = adding(10);
    await restart(other, {});
    expect(sum(other)).toBe(3);
    await hour(4);
    expect(told()).toEqual(["1", "2", "3", "13"]);
  });
});

describe("other code after a kill", () => {
  it("goes on where it says the same, though it is other code", async () => {
    const other = adding(1);
    await restart(other, { killed: true });
    await hour(4);
    expect(told()).toEqual(["1", "2", "3", "4"]);
  });

  it("is refused where it would have told something else, with the input, the event and both versions", async () => {
    await restart(adding(10), { killed: true });
    expect(JSON.stringify(health())).toMatch(
      /WORLD_CODE_DIFFERS.*vale, commit 2 \(time\.v1\.HourChanged .*\): events: expected the 1 that were told .* found others, of time\.v1\.TimerCancelled; handled by code-1, here code-2/,
    );
    expect(told()).toEqual(["1", "2", "3"]);
  });

  it("is refused where it refuses what was taken", async () => {
    await restart(adding(1, 2), { killed: true });
    expect(JSON.stringify(health())).toMatch(/WORLD_CODE_DIFFERS.*refused: .*TEST_NO_THIRD/);
  });

  it("goes on under the earlier code, whatever came meanwhile", async () => {
    await restart(adding(10), { killed: true });
    await services.tell("vale", "time-manager", HourChanged, { atGs: 4 });
    await restart(first, { killed: true });
    await services.pass();
    expect(sum(first)).toBe(4);
    expect(told()).toEqual(["1", "2", "3", "4"]);
  });

  it("is taken on when an operator says so: what was told stands, the state is its own, and it is said", async () => {
    const other = adding(10);
    await restart(other, { killed: true, adopt: ["adder"] });
    expect(sum(other)).toBe(30);
    await hour(4);
    expect(told()).toEqual(["1", "2", "3", "40"]);
    expect(services.said(CodeAdopted)).toMatchObject([
      {
        service: "adder",
        from: "code-1",
        to: "code-2",
        intakeSeq: 2,
        difference: expect.stringContaining("time.v1.TimerCancelled"),
      },
    ]);
    // A later start has nothing left to compare, or to take on.
    await services.restart({ killed: true });
    expect(sum(other)).toBe(40);
  });

  it.each([
    ["refuses", adding(1, 2)],
    ["dies of half way", adding(1, Number.NaN, 2)],
  ])("is taken on without an input that it %s", async (_how, other) => {
    await restart(other, { killed: true, adopt: ["adder"] });
    expect(sum(other)).toBe(2);
    await hour(4);
    expect(told()).toEqual(["1", "2", "3", "3"]);
  });
});

describe("a state of another message", () => {
  const timers = (migrates: boolean) => {
    const sums = defineAggregate({ state: { root: Timer }, emits: [] }, ({ on, earlier }) => ({
      create: () => undefined,
      ...(migrates && {
        earlier: [earlier(HoldState, ({ sinceMs }) => create(TimerSchema, { timerId: `from ${sinceMs}` }))],
      }),
      on: [on(HourChanged, ({ root: state }, { atGs }) => void (state.revision = atGs))],
    }));
    return { sums, service: defineService({ id: "adder", summary: "Adds.", aggregate: sums }) };
  };

  it("is refused by name when nothing says how one becomes the other", async () => {
    await services.restart({ services: [timers(false).service] });
    expect(JSON.stringify(health())).toMatch(/WORLD_STATE_TYPE.*time\.v1\.HoldState.*time\.v1\.Timer/);
  });

  it("is migrated where something does", async () => {
    const other = timers(true);
    await services.restart({ services: [other.service] });
    expect(services.state(other.sums, "vale").root.timerId).toBe("from 3");
  });
});
