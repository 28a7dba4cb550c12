import {
  BillingService,
  EntitlementChanged,
  EntitlementState,
  LocalAct,
  LocalProviderService,
  Tier as PaidTier,
} from "@orrery/schema/payment/v1";
import { SettingsService, Tier, TierChanged, TierReason, TierService } from "@orrery/schema/settings/v1";
import { WorldCreated } from "@orrery/schema/world/v1";
import { errorCodeOf } from "@orrery/service";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadService } from "./services.ts";

const ADMIN = { role: "admin", id: "operator", scopes: [] } as const;
const ADA = { role: "player", id: "player:ada", scopes: [] } as const;
const playerId = ADA.id;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

let services: TestServices;
beforeEach(async () => {
  services = await testServices(await Promise.all(["payment", "settings"].map((id) => loadService(id))));
  await services.tell("vale", "operator", WorldCreated, { worldId: "vale", seed: "s", epochMs: 0, rate: 60 });
  await services.pass();
});
afterEach(() => services.stop());

let keys = 0;
const idempotencyKey = () => `paid-tier-${String(++keys).padStart(4, "0")}`;
const billing = (caller: typeof ADMIN | typeof ADA) => services.host.directory.client(BillingService, caller);
const tierNow = () => services.host.directory.client(TierService, ADA).get({});
const moves = () =>
  services.said(TierChanged).map(({ tier, previous, reason }) => ({ tier, previous, reason }));

/** A checkout for premium, paid at the bank that is played by hand. */
async function buyPremium(): Promise<void> {
  const asked = { idempotencyKey: idempotencyKey(), productId: "premium-month", worldId: "vale" };
  const { checkout } = await billing(ADA).createCheckout(asked);
  const bank = services.host.directory.client(LocalProviderService, ADMIN);
  await bank.act({ idempotencyKey: idempotencyKey(), act: LocalAct.PAY, ref: checkout?.ref ?? "" });
  await services.pass(2 * SECOND_MS);
}

async function giveBack(): Promise<void> {
  const { payments } = await billing(ADMIN).listPayments({ playerId });
  const paymentRef = payments[0]?.ref ?? "";
  await billing(ADMIN).refund({ idempotencyKey: idempotencyKey(), paymentRef, endNow: true });
  await services.pass(2 * SECOND_MS);
}

/** How many settings the player writes at once before that is too often, in a minute in which none was written. */
async function writesAllowed(): Promise<number> {
  await services.pass(MINUTE_MS);
  const settings = services.host.directory.client(SettingsService, ADA);
  for (let count = 0; ; count++) {
    const value = { kind: { case: "intValue", value: count } } as const;
    const place = { key: "audio.music_volume" };
    const refused = await settings.set({ place, value, idempotencyKey: idempotencyKey() }).then(
      () => undefined,
      (error: unknown) => errorCodeOf(error),
    );
    if (refused === undefined) continue;
    expect(refused).toBe("SETTINGS_RATE_LIMITED");
    return count;
  }
}

const BOUGHT = { tier: Tier.PREMIUM, previous: Tier.FREE, reason: TierReason.ENTITLEMENT };
const GIVEN_BACK = { tier: Tier.FREE, previous: Tier.PREMIUM, reason: TierReason.REVOKED };

describe("a tier that is paid for", () => {
  it("is premium from the checkout on and free again with the refund, and what is limited by it follows", async () => {
    expect(await writesAllowed()).toBe(10);
    await buyPremium();
    expect(services.said(EntitlementChanged).map(({ state }) => state)).toEqual([EntitlementState.ACTIVE]);
    expect(moves()).toEqual([BOUGHT]);
    expect(await writesAllowed()).toBe(30);
    await giveBack();
    expect(moves()).toEqual([BOUGHT, GIVEN_BACK]);
    expect(await writesAllowed()).toBe(10);
    const { tier, limits } = await tierNow();
    const last = services.said(TierChanged).at(-1);
    expect(last).toMatchObject({ playerId, tier: tier?.tier, revision: tier?.revision, limits });
  });

  it("is the same after a kill, and whatever is heard twice or late", async () => {
    await buyPremium();
    await services.restart({ killed: true });
    expect((await tierNow()).tier?.tier).toBe(Tier.PREMIUM);
    await giveBack();
    await services.restart({ killed: true });
    const [bought, ended] = services.said(EntitlementChanged);
    if (bought === undefined || ended === undefined) throw new Error("neither bought nor given back");
    const patron = { playerId, entitlementId: "patron", tier: PaidTier.PATRON, revision: 1 };
    // The last one says that those before it were heard.
    for (const again of [bought, ended, bought, { ...patron, state: EntitlementState.ACTIVE }])
      await services.tell(PLATFORM, "payment", EntitlementChanged, again);
    await services.pass();
    expect(moves()).toEqual([
      BOUGHT,
      GIVEN_BACK,
      { tier: Tier.PATRON, previous: Tier.FREE, reason: TierReason.ENTITLEMENT },
    ]);
    expect((await tierNow()).tier).toMatchObject({ tier: Tier.PATRON, revision: 3 });
  });

  it("is taken up where settings is away while it is paid for", async () => {
    const both = await Promise.all(["payment", "settings"].map((id) => loadService(id)));
    await services.restart({ services: both.slice(0, 1) });
    await buyPremium();
    expect(moves()).toEqual([]);
    await services.restart({ services: both });
    await services.pass();
    expect(moves()).toEqual([BOUGHT]);
  });
});
