import { ExecutionStatus, PurchaseSchema, StepStatus } from "@orrery/schema/orchestration/v1";
import { WalletService } from "@orrery/schema/payment/v1";
import { TimerFired, TimeService } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { standIn } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRegistry } from "./definitions/registry.ts";
import { type Makers, workflow } from "./engine/mod.ts";
import type { Step } from "./engine/definition.ts";
import { type Played, play, player, SHOP } from "./testing/played.ts";
import { four, held } from "./testing/workflows.ts";

const DAY_MS = 86_400_000;

describe("a running workflow", () => {
  let played: Played;
  beforeEach(async () => {
    played = await play();
  });
  afterEach(() => played.stop());
  const signal = (executionId: string, more: object = {}) => ({
    ...{ executionId, name: "yes", approved: true, idempotencyKey: played.key() },
    ...more,
  });

  it("waits for an operator's yes, over a restart, and takes nobody else's", async () => {
    await played.start("approved", "one");
    await played.pass();
    await played.services.restart({ killed: true });
    await played.pass();
    expect((await played.get("one")).waitsFor).toContain("yes waits for a yes of an operator");
    expect(await played.code(played.flows(SHOP).signal(signal("one")))).toBe("ORCH_NOT_YOURS");
    await played.during(played.flows().signal(signal("one")));
    await played.pass();
    expect((await played.get("one")).status).toBe(ExecutionStatus.COMPLETED);
    expect(await played.code(played.flows().signal(signal("one")))).toBe("ORCH_SIGNAL_UNEXPECTED");
    expect(await played.code(played.flows().signal(signal("one", { name: "__proto__" })))).toBe(
      "ORCH_SIGNAL_UNEXPECTED",
    );
  });

  it("keeps a signal that comes before its time, and goes back over a no", async () => {
    played.target.goes((call) =>
      call.startsWith("hold early/a") && played.target.times(call) < 3 ? "busy" : "ok",
    );
    await played.start("approved", "early");
    await played.during(played.flows().signal(signal("early")));
    await played.pass(5_000);
    expect((await played.get("early")).status).toBe(ExecutionStatus.COMPLETED);

    await played.start("approved", "refused");
    await played.pass();
    await played.during(played.flows().signal(signal("refused", { approved: false, note: "no reason" })));
    await played.pass();
    const refused = await played.get("refused");
    expect([refused.errorCode, refused.compensated]).toEqual(["ORCH_REFUSED", ["a"]]);
    expect(refused.message).toContain("admin:ada: no reason");
  });

  it("takes each call that steers it once under its key, and refuses another under the same", async () => {
    await played.start("approved", "one");
    await played.pass();
    const asked = signal("one");
    await played.during(played.flows().signal(asked));
    await played.during(played.flows().signal(asked));
    expect(await played.code(played.flows().signal({ ...asked, note: "other" }))).toBe(
      "RPC_IDEMPOTENCY_REUSED",
    );
    await played.pass();
    expect((await played.get("one")).status).toBe(ExecutionStatus.COMPLETED);
  });

  it("is the one that is there when it is begun again, and refused with another input", async () => {
    const first = await played.start("four", "one");
    const again = await played.start("four", "one");
    expect([first.known, again.known]).toEqual([false, true]);
    expect(await played.code(played.start("four", "one", { price: 6 }))).toBe("RPC_IDEMPOTENCY_REUSED");
    await played.pass();
    expect(played.target.times("hold one/a...")).toBe(1);
  });

  it("is cancelled: what was done is undone, and a second cancel changes nothing", async () => {
    await played.start("approved", "one");
    await played.pass();
    for (let times = 0; times < 2; times++)
      await played.during(
        played
          .flows()
          .cancel({ executionId: "one", reason: "changed my mind", idempotencyKey: played.key() }),
      );
    await played.pass();
    const one = await played.get("one");
    expect([one.status, one.errorCode, one.compensated]).toEqual([
      ExecutionStatus.COMPENSATED,
      "ORCH_CANCELLED",
      ["a"],
    ]);
    expect(played.said().filter((line) => line.startsWith("one failed"))).toEqual([
      "one failed ORCH_CANCELLED true",
    ]);
  });

  it("calls for each of many things, eight at a time, and undoes those that were done when one fails", async () => {
    const items = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ itemId: "x", count: at + 1 }));
    await played.start("mapping", "all", { items: items(20) });
    await played.pass();
    expect((await played.get("all")).resultJson).toContain(
      "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
    );
    await played.start("mapping", "none", { items: [] });
    await played.pass();
    expect((await played.get("none")).status).toBe(ExecutionStatus.COMPLETED);

    played.target.goes((call) => (call === "hold some/all/3" ? "no" : "ok"));
    await played.start("mapping", "some", { items: items(20) });
    await played.pass(4_000);
    const some = await played.get("some");
    expect(some.status).toBe(ExecutionStatus.COMPENSATED);
    expect([...some.compensated].sort()).toEqual(
      played.target.effects
        .filter((call) => call.startsWith("hold some"))
        .map((call) => call.slice("hold some/".length))
        .sort(),
    );
    await played.start("mapping", "many", { items: items(1_001) });
    await played.pass();
    expect((await played.get("many")).errorCode).toBe("ORCH_LIMIT");
  });

  it("waits for time and for what is said, whichever comes first, and for no more", async () => {
    await played.start("waiting", "one");
    await played.services.tell("w", "weather-manager", WeatherChanged, { regionId: "region:else" });
    await played.services.tell("w", "weather-manager", WeatherChanged, { regionId: "region:mill" });
    await played.pass();
    const one = await played.get("one");
    expect(one.steps.map(({ stepId, status }) => [stepId, status])).toEqual([
      ["day", StepStatus.RUNNING],
      ["rain", StepStatus.SUCCEEDED],
      ["said", StepStatus.WAITING],
      ["maybe", StepStatus.WAITING],
    ]);
    await played.during(
      played
        .flows()
        .skipStep({ executionId: "one", stepId: "day", reason: "no time", idempotencyKey: played.key() }),
    );
    await played.pass();
    expect((await played.get("one")).resultJson).toBe('{"txId":"region:mill 43","holdId":"dear"}');
    await played.start("waiting", "late");
    await played.services.clock.advance(DAY_MS / 100);
    await played.pass(1_000);
    expect((await played.get("late")).steps[0]?.status).toBe(StepStatus.RUNNING);
  });

  it("is the parent of others: it waits for them, and takes them along when it is cancelled", async () => {
    await played.start("parent", "one");
    await played.pass(3_000);
    expect((await played.get("one")).resultJson).toBe('{"txId":"one.first/d"}');
    played.target.goes((call) => (call.startsWith("hold two.first/c") ? "away" : "ok"));
    await played.start("parent", "two");
    await played.pass();
    await played.during(
      played.flows().cancel({ executionId: "two", reason: "-", idempotencyKey: played.key() }),
    );
    await played.pass(30_000);
    const [two, child] = [await played.get("two"), await played.get("two.first")];
    expect(child.compensated).toEqual(["b", "a"]);
    expect([two.errorCode, child.errorCode]).toEqual(["ORCH_CANCELLED", "ORCH_CANCELLED"]);
    expect(two.status).toBe(ExecutionStatus.COMPENSATED);
  });

  it("is seen by its player, by services and operators, and does not exist for other players", async () => {
    await played.start("approved", "one");
    await played.pass();
    const as = (id: string) => played.flows(player(id));
    expect((await played.during(as("player:bo").get({ executionId: "one" }))).execution?.ownerId).toBe(
      "player:bo",
    );
    expect(await played.code(as("player:eve").get({ executionId: "one" }))).toBe("ORCH_UNKNOWN_EXECUTION");
    const steer = { executionId: "one", reason: "-", idempotencyKey: played.key() };
    expect(await played.code(as("player:eve").cancel(steer))).toBe("ORCH_UNKNOWN_EXECUTION");
    expect((await played.during(as("player:eve").list({}))).executions).toEqual([]);
    expect((await played.during(as("player:bo").list({}))).executions).toHaveLength(1);
    expect(await played.code(played.start("four", "theirs", {}, player("player:eve")))).toBe(
      "ORCH_NOT_YOURS",
    );
  });

  it("has a history that gives the same bytes again, and nobody is called for it", async () => {
    played.target.goes((call) => (call.startsWith("hold one/c") ? "no" : "ok"));
    await played.start("four", "one");
    await played.start("parent", "two");
    await played.pass(20_000);
    const before = played.target.calls.length;
    for (const executionId of ["one", "two", "two.first"]) {
      const { inputs, events, differsAt } = await played.during(played.flows().replay({ executionId }));
      expect([executionId, differsAt, inputs > 2, events > 2]).toEqual([executionId, 0, true, true]);
    }
    expect(played.target.calls.length).toBe(before);
    const { lines } = await played.during(played.flows().history({ executionId: "one" }));
    expect(lines.map(({ recorded }) => recorded?.seq)).toEqual(lines.map((_, at) => at + 1));
    expect(lines.flatMap(({ said }) => said)).toContain("StepCompleted b COMPENSATED");
  });
});

describe("a step that waits for the time of a world", () => {
  it("sets a timer there, once however often it is set, and goes on when that fires", async () => {
    const timers: string[] = [];
    const time = standIn("time-manager", TimeService, {
      getClock: () => ({ now: { atGs: 100 } }),
      scheduleTimer: ({ worldId, timer }) => {
        timers.push(`${worldId} ${timer?.timerId} ${timer?.revision} ${timer?.dueGs}`);
        return {};
      },
    });
    const played = await play(undefined, [time]);
    await played.start("patient", "one");
    await played.pass();
    await played.services.restart({ killed: true });
    await played.pass();
    expect([...new Set(timers)]).toEqual(["w one/hour 1 3700"]);
    expect((await played.get("one")).waitsFor).toBe("hour waits for the clock of w");
    const fire = (owner: string, timerId: string) =>
      played.services.tell("w", "time-manager", TimerFired, { owner, timerId, atGs: 3_700 });
    await fire("payment", "one/hour");
    await fire("orchestration", "one/constructor");
    await played.pass();
    expect((await played.get("one")).status).toBe(ExecutionStatus.RUNNING);
    await fire("orchestration", "one/hour");
    await played.pass();
    expect((await played.get("one")).status).toBe(ExecutionStatus.COMPLETED);
    await played.stop();
  });
});

describe("a definition", () => {
  const of = (steps: (makers: Makers<any>) => Record<string, Step>) => () =>
    createRegistry([
      workflow(PurchaseSchema, (makers) => ({
        ...{ module: import.meta.url, id: "odd", version: 1, summary: "-", starts: [], deadlineMs: 0 },
        steps: steps(makers),
      })),
    ]);

  it("is refused where steps wait for each other, by their names", () => {
    expect(
      of((makers) => ({ a: held(makers, ["c"]), b: held(makers, ["a"]), c: held(makers, ["b"]) })),
    ).toThrow(/ORCH_CYCLE.*odd v1: a → c → b → a/);
  });

  it("is refused where it cannot be meant", () => {
    expect(of(({ infer }) => ({ a: infer() }))).toThrow(
      /ORCH_DEFINITION.*step a: there is no service that answers inferences/,
    );
    expect(of((makers) => ({ a: held(makers, ["x"]) }))).toThrow(/step a needs x, which there is not/);
    expect(of((makers) => ({ A: held(makers, []) }))).toThrow(/step A: its id is to be like/);
    expect(of(() => ({}))).toThrow(/0 steps/);
    expect(of((makers) => ({ a: held(makers, [], { retry: { tries: 12 } }) }))).toThrow(/12 tries/);
    expect(of((makers) => ({ a: held(makers, [], { pivot: true }), b: held(makers, []) }))).toThrow(
      /step b may run beside a/,
    );
    expect(of((makers) => ({ a: makers.child("none", PurchaseSchema, { request: () => ({}) }) }))).toThrow(
      /no workflow none/,
    );
    expect(() => createRegistry([four, four])).toThrow(/four v1 is there twice/);
    expect(WalletService.method.hold.name).toBe("Hold");
  });
});
