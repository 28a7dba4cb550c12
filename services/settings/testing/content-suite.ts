import { LEAST, policyVerifier } from "@orrery/content-policy";
import {
  Category,
  ContentLevel,
  ContentPolicyIssued,
  PolicyReason,
  PolicySnapshot,
  RatingBand,
  Scope,
} from "@orrery/schema/settings/v1";
import { encodeBytes } from "@orrery/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { int, startSettings, type TestSettings } from "./settings.ts";

const HOUR_MS = 3_600_000;

export function contentSuite(database: string, url: () => Promise<string>): void {
  describe(`content policies on ${database}`, () => {
    let test: TestSettings;
    beforeAll(async () => {
      test = await startSettings(await url());
    });
    afterAll(() => test.stop());

    const open = (playerId: string, sessionId: string, worldId = "w") =>
      test.service.content.openSession({ playerId, sessionId, worldId, idempotencyKey: test.key() });
    const verifier = () => policyVerifier(async () => (await test.service.content.keys({})).jwks);
    const issued = (player: string) =>
      test.heard(ContentPolicyIssued).filter(({ playerId }) => playerId === player);

    it("open a session with tier, limits, a signed policy and what the player may see, once", async () => {
      const first = await open("player:ada", "s1");
      const again = await open("player:ada", "s1");
      expect(again.policy).toEqual(first.policy);
      expect(issued("player:ada")).toHaveLength(1);
      const [event] = issued("player:ada");
      expect(event).toMatchObject({ $world: "w", reason: PolicyReason.SESSION_STARTED, policyVersion: 1 });
      expect(first.policy?.levels).toEqual([2, 1, 2, 1, 1, 1, 1, 2]);
      expect(first.settings.length).toBeGreaterThan(30);
      expect(first.limits?.interactivePerMin).toBe(20);
      await expect(open("player:eve", "s1")).rejects.toThrow(/SETTINGS_SESSION_UNKNOWN/);
    });

    it("verify, and with any one bit flipped they do not: a generator then goes by band all", async () => {
      const { policy } = await open("player:bits", "s2");
      if (policy === undefined) throw new Error("no policy");
      const about = { nowMs: test.kit.hostMs(), sessionId: "s2" };
      const own = verifier();
      expect(await own.levels(policy, about)).toEqual({ levels: policy.levels });
      const bytes = encodeBytes(PolicySnapshot, policy);
      let refused = 0;
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        let altered: PolicySnapshot;
        try {
          altered = PolicySnapshot.decode(flipped);
        } catch {
          refused += 1;
          continue;
        }
        const outcome = await own.levels(altered, about);
        expect([bit, outcome.refused?.code.startsWith("CONTENT_POLICY_")]).toEqual([bit, true]);
        expect(outcome.levels).toEqual(LEAST);
        refused += 1;
      }
      expect(refused).toBe(bytes.length * 8);
      expect((await own.levels(policy, { ...about, nowMs: policy.expiresMs })).refused?.code).toBe(
        "CONTENT_POLICY_EXPIRED",
      );
      expect((await own.levels(policy, { ...about, sessionId: "other" })).refused?.code).toBe(
        "CONTENT_POLICY_EXPIRED",
      );
      expect((await own.levels(undefined, about)).levels).toEqual(LEAST);
    });

    it("sink at once in open sessions, and rise in the next one only", async () => {
      const player = "player:fears";
      await open(player, "s3");
      const { content } = test.player(player);
      const lower = [{ category: Category.FEAR, level: ContentLevel.NONE }];
      const after = await content.setPolicy({ overrides: lower, idempotencyKey: test.key() });
      expect(after.now[0]).toMatchObject({ policyVersion: 2 });
      expect(after.now[0]?.levels[2]).toBe(ContentLevel.NONE);
      expect(issued(player).map(({ reason }) => reason)).toEqual([
        PolicyReason.SESSION_STARTED,
        PolicyReason.TIGHTENED,
      ]);
      const raised = await content.setPolicy({ idempotencyKey: test.key() });
      expect(raised.now[0]?.levels[2]).toBe(ContentLevel.NONE);
      expect(raised.next[2]?.effective).toBe(ContentLevel.MODERATE);
      expect(issued(player)).toHaveLength(2);
      await test.service.content.closeSession({ sessionId: "s3", idempotencyKey: test.key() });
      expect((await open(player, "s4")).policy?.levels[2]).toBe(ContentLevel.MODERATE);
    });

    it("never exceed band, guardian, world or wish, whoever sets what", async () => {
      const player = "player:child";
      const { content } = test.player(player);
      const eve = test.player("player:eve", ["guardian:player:child"]).content;
      await open(player, "s5");
      await eve.setCeiling({
        playerId: player,
        ageBand: RatingBand.AGE_7,
        ceilings: [{ category: Category.VIOLENCE, level: ContentLevel.NONE }],
        idempotencyKey: test.key(),
      });
      const { policy } = await open(player, "s5");
      expect(policy?.levels).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
      await expect(
        content.setPolicy({
          overrides: [{ category: Category.VIOLENCE, level: 1 }],
          idempotencyKey: test.key(),
        }),
      ).rejects.toThrow(/SETTINGS_POLICY_ABOVE_CEILING.*violence 1, at most 0/);
      await expect(
        test.player("player:eve").content.setCeiling({ playerId: player, idempotencyKey: test.key() }),
      ).rejects.toThrow(/SETTINGS_NOT_GUARDIAN/);
      const { next } = await content.getPolicy({ worldId: "w" });
      for (const { effective, band, guardian, world, wanted, least } of next) {
        expect(effective).toBe(Math.min(band, guardian, world, wanted));
        expect(least.length).toBeGreaterThan(0);
      }
    });

    it("sink in a world whose own ceiling sinks, and in no other", async () => {
      await open("player:here", "s6", "calm");
      await open("player:there", "s7", "wild");
      await test.admin.settings.set({
        place: { key: "world.ceiling_violence", scope: Scope.WORLD, scopeId: "calm" },
        value: int(0),
        idempotencyKey: test.key(),
      });
      await test.until(() => issued("player:here").length === 2);
      expect(issued("player:here").at(-1)?.levels[0]).toBe(ContentLevel.NONE);
      expect(issued("player:there")).toHaveLength(1);
    });

    it("are renewed before they are over, and keys change while what they signed still verifies", async () => {
      const { policy } = await open("player:long", "s8");
      test.later(20 * HOUR_MS);
      await test.until(() => issued("player:long").some(({ reason }) => reason === PolicyReason.RENEWED));
      const renewed = issued("player:long").at(-1);
      expect(renewed).toMatchObject({ policyVersion: 2, keyId: policy?.keyId });
      test.later(91 * 24 * HOUR_MS);
      const later = await open("player:long", "s9");
      expect(later.policy?.keyId).not.toBe(policy?.keyId);
      const own = verifier();
      const nowMs = (policy?.issuedMs ?? 0) + 1;
      expect((await own.levels(policy, { nowMs })).refused).toBeUndefined();
      expect((await own.levels(later.policy, { nowMs })).refused).toBeUndefined();
      test.later(32 * 24 * HOUR_MS);
      expect((await verifier().levels(policy, { nowMs })).refused?.code).toBe("CONTENT_POLICY_KEY_UNKNOWN");
    });

    it("are known by what broke them", async () => {
      const { policy } = await open("player:told", "s10");
      const report = {
        policyId: policy?.policyId ?? "",
        category: Category.GORE,
        made: ContentLevel.EXTREME,
        generator: "model",
      };
      await test.service.content.reportViolation({ ...report, idempotencyKey: test.key() });
      await expect(
        test.service.content.reportViolation({ ...report, policyId: "none", idempotencyKey: test.key() }),
      ).rejects.toThrow(/SETTINGS_POLICY_UNKNOWN/);
    });
  });
}
