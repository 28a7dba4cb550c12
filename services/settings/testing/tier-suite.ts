import { PLATFORM, type InitOf } from "@orrery/wire";
import {
  EntitlementChanged,
  EntitlementReason,
  EntitlementState,
  Tier as PaidTier,
} from "@orrery/schema/payment/v1";
import { fingerprint } from "@orrery/schema/registry";
import {
  EntitlementStatus,
  GetResponse,
  type HeldEntitlementInit,
  Tier,
  TierChanged,
  TierReason,
} from "@orrery/schema/settings/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyTier } from "../tiers/apply.ts";
import { plans } from "../tiers/plans.ts";
import { keeper } from "../write/keeper.ts";
import { startSettings, type TestSettings } from "./settings.ts";

const DAY_MS = 86_400_000;

export function tierSuite(database: string, url: () => Promise<string>): void {
  describe(`tiers on ${database}`, () => {
    let test: TestSettings;
    beforeAll(async () => {
      test = await startSettings(await url());
    });
    afterAll(() => test.stop());

    const entitled = (player: string, entitlement: HeldEntitlementInit) =>
      test.kit.part(keeper).submit({
        players: [player],
        reply: GetResponse,
        run: (turn) => ({
          tier: applyTier(turn, test.kit.part(plans), player, { kind: "entitlement", entitlement }),
        }),
      });
    const override = (playerId: string, tier: Tier, days: number) =>
      test.admin.tiers.setOverride({
        playerId,
        tier,
        untilMs: test.kit.hostMs() + days * DAY_MS,
        reason: "festival",
        idempotencyKey: test.key(),
      });
    const told = (player: string) => test.heard(TierChanged).filter(({ playerId }) => playerId === player);

    it("are free for whom nobody knows, with limits that are all finite", async () => {
      const { tier, limits } = await test.player("player:new").tiers.get({});
      expect([tier?.tier, limits?.interactivePerMin]).toEqual([Tier.FREE, 20]);
      const { plans: all } = await test.player("player:new").tiers.listPlans({});
      expect(all.map(({ limits: own }) => own?.settingsWritesPerMin)).toEqual([10, 30, 60]);
    });

    it("follow the highest entitlement, and neither a duplicate nor an older word of it changes anything", async () => {
      const player = "player:pays";
      const active = EntitlementStatus.ACTIVE;
      await entitled(player, { entitlementId: "e1", tier: Tier.PREMIUM, status: active, revision: 2 });
      await entitled(player, { entitlementId: "e1", tier: Tier.PREMIUM, status: active, revision: 2 });
      await entitled(player, {
        entitlementId: "e1",
        tier: Tier.PREMIUM,
        status: EntitlementStatus.ENDED,
        revision: 1,
      });
      await entitled(player, { entitlementId: "e2", tier: Tier.PATRON, status: active, revision: 1 });
      await entitled(player, {
        entitlementId: "e2",
        tier: Tier.PATRON,
        status: EntitlementStatus.REVOKED,
        revision: 2,
      });
      expect(told(player).map(({ tier, reason }) => [tier, reason])).toEqual([
        [Tier.PREMIUM, TierReason.ENTITLEMENT],
        [Tier.PATRON, TierReason.ENTITLEMENT],
        [Tier.PREMIUM, TierReason.REVOKED],
      ]);
      const { tier, limits } = await test.player(player).tiers.get({});
      const last = told(player).at(-1);
      expect(last).toMatchObject({ tier: tier?.tier, revision: tier?.revision, limits });
    });

    it("go by what payment tells: grace, its end, money that went back; a pack moves none", async () => {
      const playerId = "player:told";
      const publisher = test.host.surroundings.bus.publisher({
        ...{ source: "payment", world: PLATFORM, fingerprint },
      });
      const tell = (over: InitOf<typeof EntitlementChanged>) =>
        publisher.publish(EntitlementChanged, {
          playerId,
          entitlementId: "s",
          tier: PaidTier.PREMIUM,
          ...over,
        });
      const { ACTIVE, GRACE, ENDED } = EntitlementState;
      const { DISPUTED, PAYMENT_FAILED } = EntitlementReason;
      const graceUntilMs = test.kit.hostMs() + 7 * DAY_MS;
      await tell({ entitlementId: "pack", tier: PaidTier.FREE, state: ACTIVE, revision: 1 });
      await tell({ state: ACTIVE, revision: 1 });
      await tell({ state: GRACE, graceUntilMs, reason: PAYMENT_FAILED, revision: 2 });
      await tell({ state: ENDED, reason: PAYMENT_FAILED, revision: 3 });
      await tell({ state: GRACE, graceUntilMs, reason: PAYMENT_FAILED, revision: 2 });
      await tell({ state: ACTIVE, tier: PaidTier.PATRON, revision: 4 });
      await tell({ state: ENDED, tier: PaidTier.PATRON, reason: DISPUTED, revision: 5 });
      await tell({ state: ACTIVE, revision: 6 });
      await tell({ state: ACTIVE, tier: PaidTier.FREE, revision: 7 });
      await publisher.close();
      await test.until(() => told(playerId).length >= 7);
      expect(told(playerId).map(({ tier, reason }) => [tier, reason])).toEqual([
        [Tier.PREMIUM, TierReason.ENTITLEMENT],
        [Tier.PREMIUM, TierReason.GRACE_STARTED],
        [Tier.FREE, TierReason.GRACE_ENDED],
        [Tier.PATRON, TierReason.ENTITLEMENT],
        [Tier.FREE, TierReason.REVOKED],
        [Tier.PREMIUM, TierReason.ENTITLEMENT],
        [Tier.FREE, TierReason.ENTITLEMENT],
      ]);
      const rows = await test.kit.part(keeper).player(playerId);
      expect(rows.tier?.entitlements.map(({ entitlementId }) => entitlementId)).toEqual(["s"]);
    });

    it("end by themselves: grace, then an override above it", async () => {
      const player = "player:grace";
      const graceUntilMs = test.kit.hostMs() + 7 * DAY_MS;
      const premium = { entitlementId: "e", tier: Tier.PREMIUM } as const;
      await entitled(player, { ...premium, status: EntitlementStatus.ACTIVE, revision: 1 });
      await entitled(player, { ...premium, status: EntitlementStatus.GRACE, graceUntilMs, revision: 2 });
      await override(player, Tier.PATRON, 10);
      test.later(11 * DAY_MS);
      await test.until(() => told(player).length >= 4);
      expect(told(player).map(({ tier, reason }) => [tier, reason])).toEqual([
        [Tier.PREMIUM, TierReason.ENTITLEMENT],
        [Tier.PREMIUM, TierReason.GRACE_STARTED],
        [Tier.PATRON, TierReason.OVERRIDE],
        [Tier.FREE, TierReason.OVERRIDE_ENDED],
      ]);
      expect((await test.player(player).tiers.get({})).tier?.tier).toBe(Tier.FREE);
    });

    it("are overridden for 90 days at most, by operators, with a reason", async () => {
      await expect(override("player:x", Tier.PATRON, 91)).rejects.toThrow(/SETTINGS_OVERRIDE_TOO_LONG/);
      await expect(override("player:x", Tier.PATRON, -1)).rejects.toThrow(/SETTINGS_OVERRIDE_TOO_LONG/);
      await expect(
        test
          .player("player:x")
          .tiers.setOverride({ playerId: "player:x", tier: Tier.PATRON, idempotencyKey: test.key() }),
      ).rejects.toThrow(/RPC_CALLER_REFUSED/);
      await override("player:x", Tier.PATRON, 1);
      expect((await override("player:x", Tier.UNSPECIFIED, 0)).tier?.tier).toBe(Tier.FREE);
    });
  });
}
