import { create } from "@bufbuild/protobuf";
import { SubjectErased } from "@orrery/schema/bus/v1";
import {
  Apply,
  BudgetState,
  ChangeReason,
  ChildTimeSchema,
  DeviceClass,
  FrameBudgetExceeded,
  Lane,
  Layer,
  Mode,
  ModeChanged,
  Preset,
  Thermal,
} from "@orrery/schema/performance/v1";
import { ClientDisconnected } from "@orrery/schema/router/v1";
import { ContentPolicyIssued, Scope, SettingChanged } from "@orrery/schema/settings/v1";
import { errorCodeOf } from "@orrery/service";
import { PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keeper } from "../write/keeper.ts";
import { startPerformance, type TestPerformance } from "./performance.ts";
import { windowOf } from "./windows.ts";

const codeOf = (promise: Promise<unknown>) => promise.then(() => "", errorCodeOf);

/** Sessions from their beginning to their end, on either database. */
export function sessionSuite(database: string, url: () => Promise<string>): void {
  describe(`performance-mode on ${database}`, () => {
    let test: TestPerformance;
    let at: string;
    beforeEach(async () => {
      at = await url();
      test = await startPerformance(at);
    });
    afterEach(() => test.stop());

    const told = () => test.heard(ModeChanged);
    const count = (n: number) => test.until(() => told().length >= n);
    /** Reports windows one after the other, 5 s apart. @returns the number of the next */
    async function report(
      player: string,
      session: string,
      from: number,
      windows: ReturnType<typeof windowOf>[],
    ) {
      let seq = from;
      for (const window of windows) {
        test.later(5_000);
        await test.player(player).reportFrames({ sessionId: session, seq: seq++, windows: [window] });
      }
      return seq;
    }

    it("tells a session what it shows when it begins, in its world, and what a player changes", async () => {
      await test.connect("s1", "player:ada");
      await count(1);
      const [first] = told();
      expect(first).toMatchObject({
        $world: "vale",
        $key: "player:ada",
        mode: Mode.IMMERSIVE,
        preset: Preset.MEDIUM,
        previousMode: Mode.UNSPECIFIED,
        reason: ChangeReason.RESTORED,
        auto: true,
        targetFps: 90,
        npcFullCap: 65,
        clientEventHz: 0,
        narrativeDensity: 0.5,
        revision: 1,
      });
      const ada = test.player("player:ada");
      const set = { mode: Mode.COMPETITIVE, preset: Preset.HIGH, idempotencyKey: test.key() };
      const answer = await ada.setMode(set);
      expect(answer.config).toMatchObject({
        mode: Mode.COMPETITIVE,
        preset: Preset.HIGH,
        auto: false,
        targetFps: 300,
      });
      expect(await codeOf(ada.setMode({ ...set, idempotencyKey: test.key() }))).toBe("PERF_COOLDOWN");
      // The same once more is answered alike, and does nothing.
      expect((await ada.setMode(set)).config).toEqual(answer.config);
      expect(await codeOf(ada.setMode({ ...set, preset: Preset.LOW }))).toBe("RPC_IDEMPOTENCY_REUSED");
      await count(2);
      expect(told()[1]).toMatchObject({
        previousMode: Mode.IMMERSIVE,
        previousPreset: Preset.MEDIUM,
        reason: ChangeReason.USER,
        clientEventHz: 30,
        apply: Apply.LOADING,
        revision: 2,
      });
      test.later(1_000);
      await ada.setMode({ ...set, preset: Preset.ULTRA, apply: Apply.NOW, idempotencyKey: test.key() });
      await count(3);
      expect(told()[2]).toMatchObject({ apply: Apply.NOW, revision: 3 });
      // What does not change what is shown is not told.
      test.later(1_000);
      await ada.setMode({ ...set, preset: Preset.ULTRA, idempotencyKey: test.key() });
      await ada.setOverride({ field: "fog_density", value: 0.1, idempotencyKey: test.key() });
      expect(told()).toHaveLength(3);
    });

    it("pins and frees fields, says where each comes from, and refuses what cannot be", async () => {
      await test.connect("s1", "player:ada");
      const ada = test.player("player:ada");
      const pin = (field: string, value: number) =>
        ada.setOverride({ field, value, idempotencyKey: test.key() });
      await pin("npc_full_cap", 20);
      const { sources, config } = await ada.getProfile({});
      expect(config?.npcFullCap).toBe(20);
      expect(sources.find(({ field }) => field === "npc_full_cap")).toMatchObject({
        winner: Layer.USER,
        value: 20,
      });
      expect(await codeOf(pin("constructor", 1))).toBe("PERF_UNKNOWN_FIELD");
      expect(await codeOf(pin("__proto__", 1))).toBe("PERF_UNKNOWN_FIELD");
      expect(await codeOf(pin("", 1))).toBe("PERF_UNKNOWN_FIELD");
      expect(await codeOf(pin("fog_density", 1.5))).toBe("PERF_OUT_OF_RANGE");
      expect(await codeOf(pin("gi_quality", 1.5))).toBe("PERF_OUT_OF_RANGE");
      expect(
        await codeOf(ada.setMode({ mode: Mode.COMPETITIVE, targetFps: 90, idempotencyKey: test.key() })),
      ).toBe("PERF_OUT_OF_RANGE");
      await ada.clearOverride({ field: "npc_full_cap", idempotencyKey: test.key() });
      expect((await ada.getProfile({})).config?.npcFullCap).toBe(65);
      // Nobody's but one's own.
      const eve = test.player("player:eve");
      expect(await codeOf(eve.getProfile({}))).toBe("PERF_PROFILE_UNKNOWN");
      expect(await codeOf(eve.getMetrics({ sessionId: "s1" }))).toBe("PERF_SESSION_UNKNOWN");
      expect(await codeOf(eve.getProfile({ playerId: "player:ada" }))).toBe("RPC_NOT_SELF");
      expect(await codeOf(eve.reportFrames({ sessionId: "s1", seq: 1, windows: [windowOf(9)] }))).toBe(
        "PERF_SESSION_UNKNOWN",
      );
    });

    it("a lock beats user and controller, for its class alone, and ends", async () => {
      await test.connect("s1", "player:ada");
      await test.connect("s2", "player:ben", { platform: "Android" });
      await test
        .player("player:ada")
        .setOverride({ field: "npc_full_cap", value: 90, idempotencyKey: test.key() });
      const lock = { deviceClass: DeviceClass.DESKTOP, field: "npc_full_cap" };
      const { changed, locks } = await test.admin.lockField({ ...lock, max: 40, idempotencyKey: test.key() });
      expect([changed, locks]).toMatchObject([1, [{ field: "npc_full_cap", max: 40 }]]);
      const shown = async (player: string) => (await test.player(player).getProfile({})).config?.npcFullCap;
      expect([await shown("player:ada"), await shown("player:ben")]).toEqual([40, 65]);
      const pin = { field: "npc_full_cap", value: 50, idempotencyKey: test.key() };
      expect(await codeOf(test.player("player:ada").setOverride(pin))).toBe("PERF_LOCKED");
      await count(4);
      expect(told()[3]).toMatchObject({ reason: ChangeReason.OPERATOR, npcFullCap: 40 });
      await test.admin.lockField({ ...lock, idempotencyKey: test.key() });
      expect(await shown("player:ada")).toBe(90);
    });

    it("by its reports a session goes down, says why, and keeps what was learned over a restart", async () => {
      await test.connect("s1", "player:ada");
      const heavy = () => windowOf(16, { gpu: 16 });
      let seq = await report("player:ada", "s1", 1, [1, 2, 3, 4, 5, 6].map(heavy));
      await count(2);
      expect(told()[1]).toMatchObject({ reason: ChangeReason.AUTO, revision: 2 });
      expect(told()[1]?.config?.internalScale).toBeCloseTo(0.65);
      const { decisions, knobs } = await test.player("player:ada").explain({});
      expect(decisions).toMatchObject([{ knob: "gpu.internal_scale", bound: Lane.GPU }]);
      expect(decisions[0]?.why).toMatch(/p95 16\.00 ms against 11\.11 ms/);
      expect(knobs.find(({ knob }) => knob === "gpu.internal_scale")).toMatchObject({ turned: 1 });
      const light = () => windowOf(11.2, { gpu: 9 }, { internalScale: 0.65 });
      seq = await report("player:ada", "s1", seq, [1, 2, 3, 4].map(light));
      await test.until(() => test.kit.part(keeper).ground.learned.size === 1);

      test = await test.restart();
      const kept = await test.player("player:ada").explain({});
      expect(kept.knobs.find(({ knob }) => knob === "gpu.internal_scale")?.learnedMs).toBeCloseTo(7);
      expect(kept.decisions).toHaveLength(1);
      expect((await test.player("player:ada").getProfile({})).config?.internalScale).toBeCloseTo(0.65);
      // Nothing is told again, and nothing is changed for a minute.
      seq = await report("player:ada", "s1", seq, Array.from({ length: 10 }, heavy));
      expect(kept.now).toMatch(/begins in/);
      expect(test.heard(ModeChanged)).toHaveLength(0);
      await report("player:ada", "s1", seq, Array.from({ length: 6 }, heavy));
      await test.until(() => test.heard(ModeChanged).length >= 1);
      expect(test.heard(ModeChanged)[0]).toMatchObject({ reason: ChangeReason.AUTO, revision: 3 });
    });

    it("tells once when a lane is over its budget, with the child that is, and once when it is not", async () => {
      await test.connect("s1", "player:ada");
      const busy = windowOf(11, { game: 9.5, gpu: 8 });
      const child = (name: string, ms: number) => create(ChildTimeSchema, { name, meanMs: ms, p95Ms: ms });
      busy.lanes[0]!.children.push(child("ai", 1.8), child("network", 1.6));
      const seq = await report("player:ada", "s1", 1, [busy, busy, busy]);
      await report("player:ada", "s1", seq, [
        windowOf(11, { game: 6, gpu: 8 }),
        windowOf(11, { game: 6, gpu: 8 }),
      ]);
      await test.until(() => test.heard(FrameBudgetExceeded).length === 2);
      expect(test.heard(FrameBudgetExceeded)).toMatchObject([
        {
          $world: "vale",
          $key: "player:ada",
          deviceId: "pc",
          sessionId: "s1",
          lane: Lane.GAME,
          worstChild: "network",
        },
        { lane: Lane.GAME, state: BudgetState.RECOVERED, p95Ms: 6 },
      ]);
      expect(test.heard(FrameBudgetExceeded)[0]).toMatchObject({ state: BudgetState.EXCEEDED, p95Ms: 9.5 });
      expect(test.heard(FrameBudgetExceeded)[0]?.budgetMs).toBeCloseTo(7);
    });

    it("absurd reports are counted and move nothing, and who floods is held to two a second", async () => {
      await test.connect("s1", "player:ada");
      const ada = test.player("player:ada");
      const odd = Array.from({ length: 12 }, (_, nth) =>
        windowOf(30, {}, nth % 2 ? { p95Ms: 0, p99Ms: 0 } : { meanMs: -1 }),
      );
      const { accepted, dropped } = await ada.reportFrames({ sessionId: "s1", seq: 1, windows: odd });
      expect([accepted, dropped.length]).toEqual([0, 12]);
      const { rejected, fps } = await ada.getMetrics({});
      expect([rejected, fps]).toEqual([12, 0]);
      const empty = { sessionId: "s1", seq: 13, windows: [] };
      expect(await codeOf(ada.reportFrames(empty))).toBe("PERF_REPORT_INVALID");
      expect(await codeOf(ada.reportFrames({ ...empty, seq: 0, windows: [windowOf(9)] }))).toBe(
        "PERF_REPORT_INVALID",
      );
      const codes = await Promise.all(
        Array.from({ length: 20 }, (_, nth) =>
          codeOf(ada.reportFrames({ sessionId: "s1", seq: 13 + nth, windows: [windowOf(9)] })),
        ),
      );
      expect(codes.filter((code) => code === "PERF_RATE_LIMITED").length).toBeGreaterThan(15);
      expect(told()).toHaveLength(1);
    });

    it("heat lowers at once and lifts after a minute of coolness; battery lowers the target", async () => {
      await test.connect("s1", "player:ada");
      const hot = (thermal: Thermal, onBattery = false) => windowOf(11, { gpu: 8 }, { thermal, onBattery });
      let seq = await report("player:ada", "s1", 1, [hot(Thermal.CRITICAL)]);
      await count(2);
      expect(told()[1]).toMatchObject({ reason: ChangeReason.THERMAL, preset: Preset.LOW, npcFullCap: 50 });
      seq = await report(
        "player:ada",
        "s1",
        seq,
        Array.from({ length: 11 }, () => hot(Thermal.NOMINAL)),
      );
      expect(told()).toHaveLength(2);
      seq = await report("player:ada", "s1", seq, [hot(Thermal.NOMINAL)]);
      await count(3);
      expect(told()[2]).toMatchObject({ reason: ChangeReason.THERMAL, preset: Preset.MEDIUM });
      await report(
        "player:ada",
        "s1",
        seq,
        Array.from({ length: 5 }, () => hot(Thermal.NOMINAL, true)),
      );
      await count(4);
      expect(told()[3]).toMatchObject({ reason: ChangeReason.BATTERY, targetFps: 60 });
    });

    it("a client that came back in time goes on under its device, and leaves by it", async () => {
      await test.connect("s1", "player:ada");
      const report2 = { sessionId: "s1-resumed", seq: 1, windows: [windowOf(9)] };
      expect(await codeOf(test.player("player:ada").reportFrames(report2))).toBe("PERF_SESSION_UNKNOWN");
      const { accepted } = await test.player("player:ada").reportFrames({ ...report2, deviceId: "pc" });
      expect(accepted).toBe(1);
      test.later(1_000);
      const left = { sessionId: "s1-resumed", playerId: "player:ada", deviceId: "pc" };
      await test.say("vale", ClientDisconnected, { ...left, atMs: test.kit.hostMs() });
      await test.until(() => test.kit.part(keeper).open.size === 0);
      // The word of an end that is older than the session ends nothing.
      await test.connect("s3", "player:ada");
      await test.say("vale", ClientDisconnected, { ...left, atMs: test.kit.hostMs() - 60_000 });
      await test.connect("s4", "player:ben");
      expect(test.kit.part(keeper).open.size).toBe(2);
      expect(told().at(-2)).toMatchObject({ reason: ChangeReason.RESTORED, revision: 2 });
    });

    it("hears settings of performance, of a device alone, and policies of content", async () => {
      await test.connect("s1", "player:ada");
      const setting = { scope: Scope.DEVICE, scopeId: "player:ada/pc", playerIds: ["player:ada"] };
      const say = (key: string, value: object | undefined) =>
        test.say(PLATFORM, SettingChanged, {
          settingId: `device/${key}`,
          ...setting,
          key,
          ...(value && { value: { kind: value as never } }),
        });
      await say("performance.mode", { case: "stringValue", value: "competitive" });
      await count(2);
      expect(told()[1]).toMatchObject({ mode: Mode.COMPETITIVE, reason: ChangeReason.USER });
      await say("performance.frame_limit", { case: "intValue", value: 240 });
      await count(3);
      expect(told()[2]).toMatchObject({ targetFps: 240 });
      await say("performance.frame_limit", { case: "intValue", value: 60 });
      await say("performance.preset", { case: "stringValue", value: "constructor" });
      await say("performance.mode", undefined);
      await count(4);
      expect(told()[3]).toMatchObject({ mode: Mode.IMMERSIVE, targetFps: 90 });
      const policy = {
        playerId: "player:ada",
        sessionId: "s1",
        policyVersion: 1,
        levels: [4, 1, 2],
        issuedMs: 5,
      };
      await test.say("vale", ContentPolicyIssued, policy as never);
      await count(5);
      expect(told()[4]?.config).toMatchObject({ violenceEffects: 4, goreEffects: 1, fearEffects: 2 });
    });

    it("forgets whoever is erased", async () => {
      const asked = { mode: Mode.COMPETITIVE, idempotencyKey: test.key() };
      await test.connect("s1", "player:ada");
      await test.player("player:ada").setMode(asked);
      await test.say(PLATFORM, SubjectErased, { subject: "player:ada", by: "admin:operator" });
      await test.until(
        async () => (await codeOf(test.player("player:ada").getProfile({}))) === "PERF_PROFILE_UNKNOWN",
      );
      for (const table of ["profile", "session", "policy", "answer"] as const)
        expect(
          await test.kit.store.as<Record<string, object>>().selectFrom(table).selectAll().execute(),
        ).toEqual([]);
    });

    it("a benchmark says where to begin, and a profile that is auto begins there", async () => {
      await test.connect("s1", "player:ada");
      const ada = test.player("player:ada");
      const hardware = { deviceClass: DeviceClass.LAPTOP, displayHz: 165, engineVersion: "5.6.1" };
      const found = await ada.submitBenchmark({
        gpuMs: 2.8,
        gameMs: 2,
        hardware,
        idempotencyKey: test.key(),
      });
      expect(found).toMatchObject({ mode: Mode.COMPETITIVE, preset: Preset.ULTRA, targetFps: 165 });
      await count(2);
      expect(told()[1]).toMatchObject({
        reason: ChangeReason.BENCHMARK,
        mode: Mode.IMMERSIVE,
        preset: Preset.ULTRA,
      });
      const slow = await ada.submitBenchmark({
        gpuMs: 14.1,
        gameMs: 9,
        hardware,
        idempotencyKey: test.key(),
      });
      expect(slow).toMatchObject({ mode: Mode.IMMERSIVE, preset: Preset.LOW });
      const wrong = { gpuMs: 0, gameMs: 1, hardware, idempotencyKey: test.key() };
      expect(await codeOf(ada.submitBenchmark(wrong))).toBe("PERF_OUT_OF_RANGE");
    });

    it("a budget that does not sum is refused, one that does is kept, and captures are held against it", async () => {
      const { budgets } = await test.admin.listMatrix({});
      const tree = budgets.find(({ mode }) => mode === Mode.COMPETITIVE)!;
      tree.lanes[2]!.children[0]!.ms += 0.01;
      const set = (idempotencyKey: string, expectedRevision = 0) =>
        test.admin.setBudget({ tree, expectedRevision, idempotencyKey });
      expect(await codeOf(set(test.key()))).toBe("PERF_BUDGET_SUM");
      const asked = (capture: string) => test.admin.evaluateCapture({ mode: Mode.COMPETITIVE, capture });
      expect((await asked("competitive-within")).pass).toBe(true);
      const over = await asked("competitive-over");
      expect(over.pass).toBe(false);
      expect(over.nodes.filter(({ pass }) => !pass)).toMatchObject([{ node: "gpu/lighting", budgetMs: 0.6 }]);
      expect(await codeOf(asked("../matrix"))).toBe("PERF_CAPTURE_UNKNOWN");
      // Lighting may have what the others give up.
      const ms = { base: 0.9, lighting: 0.85, shadows: 0.28, post: 0.36, ui: 0.16, overhead: 0.45 };
      for (const child of tree.lanes[2]!.children) child.ms = ms[child.name as keyof typeof ms];
      expect((await set("budget-set-once")).tree?.revision).toBe(1);
      expect(await codeOf(set(test.key()))).toBe("PERF_REVISION_CONFLICT");
      expect((await asked("competitive-over")).pass).toBe(true);
      test = await test.restart();
      expect((await set("budget-set-once")).tree?.revision).toBe(1);
      expect((await asked("competitive-over")).pass).toBe(true);
    });

    it("lists sessions in pages, with what each shows and by which lane it is bound", async () => {
      for (const nth of [1, 2, 3])
        await test.connect(`s${nth}`, `player:p${nth}`, {}, nth === 3 ? "moor" : "vale");
      await report("player:p1", "s1", 1, [windowOf(12, { gpu: 4, game: 8 })]);
      const first = await test.admin.listSessions({ pageSize: 2 });
      const second = await test.admin.listSessions({ pageSize: 2, pageToken: first.nextPageToken });
      expect([...first.sessions, ...second.sessions].map(({ sessionId }) => sessionId)).toEqual([
        "s1",
        "s2",
        "s3",
      ]);
      expect(second.nextPageToken).toBe("");
      expect(first.sessions[0]).toMatchObject({
        bound: Lane.GAME,
        deviceClass: DeviceClass.DESKTOP,
        worldId: "vale",
      });
      expect((await test.admin.listSessions({ worldId: "moor" })).sessions).toHaveLength(1);
    });

    it("a second process stands by, and goes on where the first one ended", async () => {
      await test.connect("s1", "player:ada");
      await count(1);
      const second = startPerformance(at, { instance: "second" });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await test.stop();
      test = await second;
      const ada = test.player("player:ada");
      await ada.setMode({ preset: Preset.LOW, idempotencyKey: test.key() });
      await test.until(() => test.heard(ModeChanged).some(({ revision }) => revision === 2));
    });

    it("what the database would not take was not decided, and is decided again", async () => {
      await test.connect("s1", "player:ada");
      const { submit } = test.kit.part(keeper);
      const away = Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
      const broken = { players: [], reply: ModeChanged, run: () => Promise.reject(away) };
      expect(await codeOf(submit(broken))).toBe("PERF_STORE_AWAY");
      await test.player("player:ada").setMode({ preset: Preset.LOW, idempotencyKey: test.key() });
      await count(2);
      expect(told().map(({ revision }) => revision)).toEqual([1, 2]);
    });
  });
}
