import { JournalService, WorldService } from "@orrery/schema/bus/v1";
import { BillingService, HoldStatus, WalletService } from "@orrery/schema/payment/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { errorCodeOf, type Host } from "@orrery/service";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startWorldInMemory } from "./world.testing.ts";

const admin = { role: "admin", id: "test", scopes: [] } as const;
const service = { role: "service", id: "test", scopes: [] } as const;
const WAIT = { timeout: 15_000 };
let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory("vale", 600);
});
afterAll(() => host.stop());

let keys = 0;
const idempotencyKey = () => `fork-money-${String(++keys).padStart(4, "0")}`;
const wallet = () => host.directory.client(WalletService, service);
const pay = (worldId: string, code: string, from: string, to: string, amount: number) =>
  wallet().transfer({
    ...{ worldId, idempotencyKey: idempotencyKey(), currency: code },
    legs: [
      { accountId: `${from}/${code}`, amount: -amount },
      { accountId: `${to}/${code}`, amount },
    ],
  });
const has = async (worldId: string, playerId: string) =>
  (await wallet().getBalances({ worldId, playerId })).accounts[0]?.balance;

it("a fork has the coins of its parent as they were there; tokens are one, and no real money is taken", async () => {
  const known = () => pay("vale", "coin", "system:mint", "player:ada", 100).then(Boolean, () => false);
  await vi.waitUntil(known, WAIT);
  await pay("vale", "coin", "player:ada", "system:sink", 30);
  await pay("platform", "token", "system:mint", "player:ada", 5);
  const journal = host.directory.client(JournalService, admin);
  const heard = () => journal.query({ worldId: "vale", filter: { types: ["payment.v1.LedgerPosted"] } });
  await vi.waitUntil(async () => (await heard()).events.length === 2, WAIT);
  const worlds = host.directory.client(WorldService, admin);
  await worlds.fork({ worldId: "vale", newWorldId: "fork", idempotencyKey: idempotencyKey() });
  await pay("vale", "coin", "player:ada", "system:sink", 20);
  await vi.waitUntil(async () => (await has("fork", "player:ada")) === 70, WAIT);
  expect(await has("vale", "player:ada")).toBe(50);
  expect(await has("platform", "player:ada")).toBe(5);
  const books = host.directory.client(WalletService, admin);
  const [supply] = (await books.getSupply({ worldId: "fork" })).supplies;
  expect(supply).toMatchObject({ supply: 100, players: 70, sink: 30 });
  expect((await books.audit({})).imbalances).toEqual([]);
  const checkout = { idempotencyKey: idempotencyKey(), playerId: "player:ada", productId: "tokens-500" };
  const till = host.directory.client(BillingService, admin);
  await expect(till.createCheckout({ ...checkout, worldId: "fork" })).rejects.toSatisfy(
    (error: unknown) => errorCodeOf(error) === "PAYMENT_PROVIDER_DISABLED",
  );
  await pay("fork", "coin", "player:ada", "system:sink", 1);
  expect([await has("fork", "player:ada"), await has("vale", "player:ada")]).toEqual([69, 50]);
});

it("a hold of coins ends when the game's time has come", async () => {
  await pay("vale", "coin", "system:mint", "player:bo", 10);
  const { now } = await host.directory.client(TimeService, admin).getClock({ worldId: "vale" });
  const { hold } = await wallet().hold({
    ...{ worldId: "vale", idempotencyKey: idempotencyKey(), accountId: "player:bo/coin", amount: 10 },
    expiresGs: (now?.atGs ?? 0) + 600,
  });
  const holdId = hold?.holdId ?? "";
  const stands = async () => (await wallet().getHold({ worldId: "vale", holdId })).hold?.status;
  await vi.waitUntil(async () => (await stands()) === HoldStatus.EXPIRED, WAIT);
  const { hold: other } = await wallet().hold({
    ...{ worldId: "vale", idempotencyKey: idempotencyKey(), accountId: "player:bo/coin", amount: 10 },
  });
  expect(other?.expiresGs).toBeGreaterThan((now?.atGs ?? 0) + 36_000);
});
