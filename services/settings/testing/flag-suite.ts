import { type FlagInit, FlagChanged, FlagType, Reason } from "@orrery/schema/settings/v1";
import { bucketOf } from "@orrery/flags";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bool, startSettings, string, type TestSettings } from "./settings.ts";

const IDS = Array.from({ length: 10_000 }, (_, at) => `player:${at}`);

export const splitOf = (weights: Readonly<Record<string, number>>) => ({
  serve: {
    case: "split" as const,
    value: { shares: Object.entries(weights).map(([variant, weight]) => ({ variant, weight })) },
  },
});

/** A flag with `on` and `off`, whose rule `part` gives so many of 100,000 the first. */
export const partFlag = (key: string, on: number, more: FlagInit = {}): FlagInit => ({
  key,
  type: FlagType.BOOLEAN,
  variants: [
    { name: "on", value: bool(true) },
    { name: "off", value: bool(false) },
  ],
  defaultVariant: "off",
  offVariant: "off",
  enabled: true,
  rules: [{ id: "part", serve: splitOf({ on, off: 100_000 - on }) }],
  ...more,
});

export function flagSuite(database: string, url: () => Promise<string>): void {
  describe(`flags on ${database}`, () => {
    let test: TestSettings;
    beforeAll(async () => {
      test = await startSettings(await url());
    });
    afterAll(() => test.stop());

    const put = (flag: FlagInit, expectedRevision = 0, more = {}) =>
      test.admin.flags.put({ flag, expectedRevision, idempotencyKey: test.key(), ...more });
    const one = async (key: string, targetingKey: string) =>
      (await test.service.flags.evaluate({ flagKeys: [key], context: { targetingKey } })).evaluations[0];
    const whoIsOn = async (key: string) => {
      const on = new Set<string>();
      for (const id of IDS) if ((await one(key, id))?.variant === "on") on.add(id);
      return on;
    };

    it("at 10 % and then at 20 %: the first set is inside the second, and a restart changes neither", async () => {
      await put(partFlag("lamp", 10_000));
      const tenth = await whoIsOn("lamp");
      await put(partFlag("lamp", 20_000), 1);
      const fifth = await whoIsOn("lamp");
      expect(tenth.size).toBeGreaterThan(900);
      expect(fifth.size).toBeGreaterThan(1_900);
      expect([...tenth].filter((id) => !fifth.has(id))).toEqual([]);
      test = await test.restart();
      expect(await whoIsOn("lamp")).toEqual(fifth);
    });

    it("move the fewest when weights change, and say how many", async () => {
      const three = (a: number, b: number, c: number) =>
        partFlag("three", 0, {
          type: FlagType.STRING,
          variants: ["a", "b", "c"].map((name) => ({ name, value: string(name) })),
          defaultVariant: "a",
          offVariant: "a",
          rules: [{ id: "part", serve: splitOf({ a, b, c }) }],
        });
      await put(three(10_000, 10_000, 80_000));
      const dry = await put(three(20_000, 10_000, 70_000), 1, { dryRun: true });
      expect(dry).toMatchObject({ changed: false, moved: [{ ruleId: "part", buckets: 10_000 }] });
      const { flag } = await put(three(20_000, 10_000, 70_000), 1);
      const serve = flag?.rules[0]?.serve?.serve;
      const shares = serve?.case === "split" ? serve.value.shares : [];
      expect(shares.find(({ variant }) => variant === "b")?.ranges).toMatchObject([
        { from: 10_000, to: 20_000 },
      ]);
      await expect(put(three(1, 1, 1), 2)).rejects.toThrow(/SETTINGS_SPLIT_SUM.*3/);
    });

    it("reshuffle by another salt only when that is confirmed, with the share that moves", async () => {
      await put(partFlag("salted", 50_000));
      const other = partFlag("salted", 50_000, { salt: "2" });
      await expect(put(other, 1)).rejects.toThrow(/SETTINGS_RESHUFFLE.*50\.0 %/);
      const { flag, moved } = await put(other, 1, { confirmReshuffle: true });
      expect([flag?.epoch, moved[0]?.buckets]).toEqual([2, 50_000]);
      for (const salt of ["a/b", "a b"])
        await expect(put(partFlag("slash", 1, { salt }))).rejects.toThrow(/SETTINGS_FLAG_INVALID/);
      await expect(put(partFlag("a/b", 1))).rejects.toThrow(/SETTINGS_FLAG_INVALID/);
    });

    it("refuse a cycle of prerequisites with the way, and take a diamond", async () => {
      const needs = (...flags: string[]) => ({
        prerequisites: flags.map((flag) => ({ flag, variant: "on" })),
      });
      await put(partFlag("base", 100_000));
      await put(partFlag("left", 100_000, needs("base")));
      await put(partFlag("right", 100_000, needs("base")));
      await put(partFlag("top", 100_000, needs("left", "right")));
      expect((await one("top", "a"))?.variant).toBe("on");
      await expect(put(partFlag("base", 100_000, needs("top")), 1)).rejects.toThrow(
        /SETTINGS_FLAG_CYCLE.*base → top/,
      );
      await expect(put(partFlag("self", 1, needs("self")))).rejects.toThrow(/SETTINGS_FLAG_CYCLE/);
      await expect(put(partFlag("lost", 1, needs("nowhere")))).rejects.toThrow(/SETTINGS_UNKNOWN_FLAG/);
    });

    it("count one version a change without a gap, and tell who was away what they missed", async () => {
      const { snapshotVersion: before } = await test.service.flags.getSnapshot({});
      await put(partFlag("late", 1));
      const segment = { name: "friends", include: ["player:ada"] };
      await test.admin.flags.putSegment({ segment, expectedRevision: 0, idempotencyKey: test.key() });
      await test.admin.flags.archive({ flagKey: "late", expectedRevision: 1, idempotencyKey: test.key() });
      const { changes, whole, snapshotVersion } = await test.service.flags.getSnapshot({
        sinceVersion: before,
      });
      expect(whole).toBeUndefined();
      expect(snapshotVersion).toBe(before + 3);
      expect(changes.map((change) => change.snapshotVersion)).toEqual([before + 1, before + 2, before + 3]);
      expect(changes.map(({ flagKey }) => flagKey)).toEqual(["late", "segment/friends", "late"]);
      const told = test.heard(FlagChanged).map((change) => change.snapshotVersion);
      expect(told).toEqual(told.map((_, at) => (told[0] ?? 0) + at));
      expect((await test.service.flags.getSnapshot({})).whole?.flags.length).toBeGreaterThan(5);
      expect((await one("late", "a"))?.reason).toBe(Reason.DISABLED);
    });

    it("go off at once and for good when killed, whatever was planned", async () => {
      await put(partFlag("bad", 100_000));
      const steps = [{ atMs: test.kit.hostMs() + 1_000, patch: { enabled: true } }];
      await test.admin.flags.schedule({
        flagKey: "bad",
        expectedRevision: 1,
        steps,
        idempotencyKey: test.key(),
      });
      await test.admin.flags.kill({ flagKey: "bad", reason: "it hurts", idempotencyKey: test.key() });
      expect(test.heard(FlagChanged).at(-1)).toMatchObject({ flagKey: "bad", emergency: true });
      test.later(5_000);
      await put(partFlag("after", 1));
      expect(await one("bad", "a")).toMatchObject({ variant: "off", reason: Reason.DISABLED });
    });

    it("ramp in steps by their cursor, each once, though the clock is set back", async () => {
      await put(partFlag("ramp", 0));
      const now = test.kit.hostMs();
      const ramp = {
        ruleId: "part",
        variant: "on",
        toWeight: 100_000,
        steps: 4,
        fromMs: now + 60_000,
        untilMs: now + 240_000,
      };
      await test.admin.flags.schedule({
        flagKey: "ramp",
        expectedRevision: 1,
        ramp,
        idempotencyKey: test.key(),
      });
      const flag = async () => (await test.admin.flags.list({ prefix: "ramp" })).flags[0];
      test.later(150_000);
      await test.until(async () => (await flag())?.scheduleDone === 2);
      const serve = (await flag())?.rules[0]?.serve?.serve;
      expect(serve?.case === "split" && serve.value.shares.map(({ weight }) => weight)).toEqual([
        50_000, 50_000,
      ]);
      test.later(-140_000);
      test = await test.restart();
      test.later(400_000);
      await test.until(async () => (await flag())?.scheduleDone === 4);
      expect((await flag())?.revision).toBe(6);
      expect((await one("ramp", "anyone"))?.variant).toBe("on");
    });

    it("explain the way and the bucket, and count exposures", async () => {
      const { bucket, bucketInput, steps, evaluation } = await test.admin.flags.explain({
        flagKey: "lamp",
        context: { targetingKey: "player:ada" },
      });
      expect(bucketInput).toBe("1/lamp/player:ada");
      expect(bucket).toBe(bucketOf("1", "lamp", "player:ada"));
      expect(evaluation?.variant).toBe((await one("lamp", "player:ada"))?.variant);
      expect(steps.map(({ what }) => what)).toContain("split");
      const exposure = { flagKey: "lamp", variant: "on", reason: Reason.SPLIT, day: 20_000, count: 3 };
      const exposures = [exposure];
      const request = { exposures, idempotencyKey: test.key() };
      for (let at = 0; at < 2; at++) await test.service.flags.reportExposures(request);
      await test.service.flags.reportExposures({ exposures, idempotencyKey: test.key() });
      expect((await test.admin.flags.listExposures({ flagKey: "lamp" })).exposures).toMatchObject([
        { count: 6 },
      ]);
    });
  });
}
