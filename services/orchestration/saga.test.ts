import { ExecutionStatus, StepStatus } from "@orrery/schema/orchestration/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Played, play } from "./testing/played.ts";

let played: Played;
beforeEach(async () => {
  played = await play();
});
afterEach(() => played.stop());

describe("a workflow", () => {
  it("is done step by step, each call once, and answers", async () => {
    await played.start("four", "one");
    await played.pass();
    const one = await played.get("one");
    expect([one.status, one.progress, one.resultJson]).toEqual([
      ExecutionStatus.COMPLETED,
      1,
      '{"holdId":"one/d..."}',
    ]);
    expect(played.target.calls).toEqual(["a", "b", "c", "d"].map((step) => `hold one/${step}...`));
    expect(played.said()).toEqual([
      "one started",
      ...["a", "b", "c", "d"].map((step) => `one ${step} SUCCEEDED`),
      "one completed",
    ]);
  });

  it("whose third step fails for ever undoes the second and the first, in that order, once each", async () => {
    played.target.goes((call) => (call.startsWith("hold one/c") ? "busy" : "ok"));
    await played.start("four", "one");
    await played.pass(30_000);
    const one = await played.get("one");
    expect(one.status).toBe(ExecutionStatus.COMPENSATED);
    expect(one.errorCode).toBe("ORCH_STEP_EXHAUSTED");
    expect(one.compensated).toEqual(["b", "a"]);
    expect(played.target.effects).toEqual([
      "hold one/a...",
      "hold one/b...",
      "release one/b...",
      "release one/a...",
    ]);
    expect(played.said().at(-1)).toBe("one undone b,a stuck ");
    expect(played.target.times("release one/b...")).toBe(1);
  });

  it("whose step is refused once and for all tries it no second time", async () => {
    played.target.goes((call) => (call.startsWith("hold one/b") ? "no" : "ok"));
    await played.start("four", "one");
    await played.pass();
    expect((await played.get("one")).errorCode).toBe("TEST_NO");
    expect(played.target.times("hold one/b...")).toBe(1);
    expect(played.target.effects).toEqual(["hold one/a...", "release one/a..."]);
  });

  it("finds out what became of a call whose answer was lost, and undoes it too", async () => {
    played.target.goes((call) =>
      call.startsWith("hold one/c") && played.target.times(call) <= 3 ? "lost" : "ok",
    );
    await played.start("four", "one");
    await played.pass(60_000);
    expect((await played.get("one")).compensated).toEqual(["c", "b", "a"]);
    expect(played.target.effects.slice(3)).toEqual([
      "release one/c...",
      "release one/b...",
      "release one/a...",
    ]);
  });

  it("waits for who is away without a try, and says for whom", async () => {
    played.target.goes((call) =>
      call.startsWith("hold one/b") && played.target.times(call) <= 5 ? "away" : "ok",
    );
    await played.start("four", "one");
    await played.pass(3_000);
    const one = await played.get("one");
    expect(one.waitsFor).toContain("payment.v1.WalletService/Hold, which is away (TEST_BREAKER_OPEN)");
    expect(one.steps.find(({ stepId }) => stepId === "b")).toMatchObject({
      attempt: 0,
      status: StepStatus.READY,
    });
    await played.pass(60_000);
    expect((await played.get("one")).status).toBe(ExecutionStatus.COMPLETED);
  });
});

describe("a point of no return", () => {
  it("is passed once and for all: what follows is tried until it passes, and no cancel undoes it", async () => {
    played.target.goes((call) =>
      call.startsWith("hold one/c") && played.target.times(call) <= 6 ? "no" : "ok",
    );
    await played.start("pivoted", "one");
    await played.pass(10_000);
    const cancelled = played
      .flows()
      .cancel({ executionId: "one", reason: "-", idempotencyKey: played.key() });
    expect(await played.code(cancelled)).toBe("ORCH_PAST_PIVOT");
    await played.pass(200_000);
    expect((await played.get("one")).status).toBe(ExecutionStatus.COMPLETED);
    expect(played.target.effects).toEqual(["hold one/a...", "capture one/b...", "hold one/c..."]);
  });

  it("that nobody knows to be passed keeps a cancel waiting until it is known", async () => {
    played.target.goes((call) =>
      call.startsWith("capture one/b") && played.target.times(call) <= 4 ? "lost" : "ok",
    );
    await played.start("pivoted", "one");
    await played.pass(500);
    await played.during(
      played.flows().cancel({ executionId: "one", reason: "-", idempotencyKey: played.key() }),
    );
    await played.pass(100_000);
    expect((await played.get("one")).status).toBe(ExecutionStatus.COMPLETED);
    expect(played.target.effects).not.toContain("release one/a...");
  });

  it("that is refused goes back, and a cancel that waited for it counts", async () => {
    played.target.goes((call) => (call.startsWith("capture one/b") ? "no" : "ok"));
    await played.start("pivoted", "one");
    await played.pass();
    expect((await played.get("one")).compensated).toEqual(["a"]);
  });
});

describe("a deadline", () => {
  it("undoes what was done, whoever is waited for", async () => {
    played.target.goes((call) => (call.startsWith("hold one/c") ? "away" : "ok"));
    await played.during(
      played.flows().start({
        ...{ workflowId: "four", executionId: "one", worldId: "w", deadlineMs: 5_000 },
        input: { case: "json", value: played.purchase() },
      }),
    );
    await played.pass(8_000);
    const one = await played.get("one");
    expect([one.status, one.errorCode]).toEqual([ExecutionStatus.COMPENSATED, "ORCH_DEADLINE"]);
    expect(played.target.effects.slice(2)).toEqual(["release one/b...", "release one/a..."]);
  });
});
