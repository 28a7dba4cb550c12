import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AdmissionService,
  ContentKind,
  ContentService,
  ExecutionStatus,
  Rung,
  WorkflowService,
} from "@orrery/schema/orchestration/v1";
import { BillingService, LocalAct, LocalProviderService, WalletService } from "@orrery/schema/payment/v1";
import { SettingsService } from "@orrery/schema/settings/v1";
import { StateService } from "@orrery/schema/state/v1";
import { TradeSide, WorldService } from "@orrery/schema/world/v1";
import { errorCodeOf, type Host } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createProgram } from "../program.ts";
import { startWorldInMemory } from "./world.testing.ts";

const admin = { role: "admin", id: "ada", scopes: [] } as const;
const shop = { role: "service", id: "shop", scopes: [] } as const;
const WAIT = { timeout: 15_000 };
const ADA = "player:ada";
const data = mkdtempSync(join(tmpdir(), "orrery-workflows-"));
let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory("vale", 60, data);
  await vi.waitUntil(() => pay("system:mint", ADA, 10_000).then(Boolean, () => false), WAIT);
});
afterAll(async () => {
  await host.stop();
  rmSync(data, { recursive: true });
});

let keys = 0;
const key = () => `workflows-${String(++keys).padStart(4, "0")}`;
const wallet = () => host.directory.client(WalletService, shop);
const pay = (from: string, to: string, amount: number) =>
  wallet().transfer({
    ...{ worldId: "vale", idempotencyKey: key(), currency: "coin" },
    legs: [
      { accountId: `${from}/coin`, amount: -amount },
      { accountId: `${to}/coin`, amount },
    ],
  });
const money = async (playerId: string) =>
  (await wallet().getBalances({ worldId: "vale", playerId })).accounts[0];
const items = async (owner: string) =>
  (await host.directory.client(StateService, admin).listInventory({ worldId: "vale", owner })).stacks.map(
    ({ itemId, count }) => `${count} ${itemId}`,
  );
const flows = (caller: { role: "admin" | "service" | "player"; id: string } = shop) =>
  host.directory.client(WorkflowService, { scopes: [], ...caller });

/** Begins it, and waits for its end. */
async function ended(
  workflowId: string,
  executionId: string,
  input: object,
  caller?: Parameters<typeof flows>[0],
) {
  const json = JSON.stringify(input);
  await flows(caller).start({
    workflowId,
    executionId,
    worldId: "vale",
    input: { case: "json", value: json },
  });
  return end(executionId);
}
async function end(executionId: string) {
  const get = async () => (await flows(admin).get({ executionId })).execution;
  await vi.waitUntil(async () => ((await get())?.endedMs ?? 0) > 0, WAIT);
  return (await get()) as NonNullable<Awaited<ReturnType<typeof get>>>;
}
const purchase = (more: object = {}) => ({
  ...{
    playerId: ADA,
    currency: "coin",
    price: 30,
    items: [{ itemId: "lantern", count: 1 }],
    memo: "a lantern",
  },
  ...more,
});

describe("a purchase", () => {
  it("takes the money and gives the items, once however often it is begun", async () => {
    const before = (await money(ADA))?.balance ?? 0;
    const done = await ended("purchase-fulfilment", "buy-1", purchase());
    await ended("purchase-fulfilment", "buy-1", purchase());
    expect(done.status).toBe(ExecutionStatus.COMPLETED);
    expect(await money(ADA)).toMatchObject({ balance: before - 30, held: 0 });
    expect(await items(ADA)).toContain("1 lantern");
    const { txId } = JSON.parse(done.resultJson) as { txId: string };
    const { transaction } = await host.directory
      .client(WalletService, admin)
      .getTransaction({ worldId: "vale", txId });
    expect(transaction).toMatchObject({ subject: "buy-1/capture", memo: "a lantern" });
  });

  it("that cannot be paid gives nothing, and one that cannot be given lets the money go", async () => {
    const poor = await ended("purchase-fulfilment", "buy-2", purchase({ playerId: "player:bo" }));
    expect([poor.status, poor.errorCode]).toEqual([
      ExecutionStatus.FAILED,
      expect.stringMatching(/^PAYMENT_/),
    ]);
    const before = await money(ADA);
    const odd = await ended(
      "purchase-fulfilment",
      "buy-3",
      purchase({ items: [{ itemId: "lantern", count: 0 }] }),
    );
    expect([odd.status, odd.failedStep, odd.compensated]).toEqual([
      ExecutionStatus.COMPENSATED,
      "grant",
      ["hold"],
    ]);
    expect(await money(ADA)).toMatchObject({ balance: before?.balance, held: 0 });
    expect((await host.directory.client(WalletService, admin).audit({})).imbalances).toEqual([]);
  });

  it("is refused before it begins where it cannot be meant, and is no player's to begin", async () => {
    const code = (input: object, caller?: Parameters<typeof flows>[0]) =>
      ended("purchase-fulfilment", "buy-4", input, caller).then(String, errorCodeOf);
    expect(await code(purchase({ price: 0 }))).toBe("ORCH_INPUT_INVALID");
    expect(await code(purchase({ nonsense: 1 }))).toBe("ORCH_INPUT_INVALID");
    expect(await code(purchase(), { role: "player", id: ADA })).toBe("ORCH_NOT_YOURS");
  });
});

describe("a trade", () => {
  const trade = (more: object) => ({
    ...{ playerId: ADA, regionId: "region:market-vale", goodId: "good:ale", quantity: 2, currency: "coin" },
    ...more,
  });

  it("moves goods and money together, both ways, by the player themselves", async () => {
    const world = host.directory.client(WorldService, admin);
    const quote = () =>
      world.quote({
        worldId: "vale",
        regionId: "region:market-vale",
        goodId: "good:ale",
        side: TradeSide.BUY,
        quantity: 2,
      });
    await vi.waitUntil(
      () =>
        quote().then(
          ({ total }) => total > 0,
          () => false,
        ),
      WAIT,
    );
    const before = (await money(ADA))?.balance ?? 0;
    const player = { role: "player", id: ADA } as const;
    const bought = await ended(
      "market-trade",
      "trade-1",
      trade({ side: "TRADE_SIDE_BUY", limit: 5_000 }),
      player,
    );
    expect([bought.status, bought.errorCode]).toEqual([ExecutionStatus.COMPLETED, ""]);
    const { total } = JSON.parse(bought.resultJson) as { total: number };
    expect((await money(ADA))?.balance).toBe(before - total);
    const sold = await ended("market-trade", "trade-2", trade({ side: "TRADE_SIDE_SELL", limit: 0 }), player);
    expect(sold.status).toBe(ExecutionStatus.COMPLETED);
    const got = (JSON.parse(sold.resultJson) as { total: number }).total;
    expect((await money(ADA))?.balance).toBe(before - total + got);
    expect(got).toBeLessThan(total);
    const nothing = await ended(
      "market-trade",
      "trade-3",
      trade({ side: "TRADE_SIDE_SELL", limit: 0 }),
      player,
    );
    expect([nothing.status, nothing.errorCode]).toEqual([
      ExecutionStatus.COMPENSATED,
      expect.stringMatching(/^STATE_/),
    ]);
    const state = host.directory.client(StateService, shop);
    await state.grant({
      ...{
        worldId: "vale",
        owner: ADA,
        grantKey: key(),
        source: "quest",
        items: [{ itemId: "good:ale", count: 3 }],
      },
    });
    const own = await ended("market-trade", "trade-5", trade({ side: "TRADE_SIDE_SELL", limit: 0 }), player);
    expect([own.status, own.errorCode]).toEqual([ExecutionStatus.COMPLETED, ""]);
    expect(await items(ADA)).toContain("1 good:ale");
  });

  it("that cannot be paid leaves the market as it was", async () => {
    const eve = { role: "player", id: "player:eve" } as const;
    const order = trade({ playerId: "player:eve", side: "TRADE_SIDE_BUY", limit: 5_000 });
    const off = await ended("market-trade", "trade-4", order, eve);
    expect([off.status, off.failedStep, off.compensated]).toEqual([
      ExecutionStatus.COMPENSATED,
      "pay",
      ["reserve"],
    ]);
  });
});

describe("an erasure", () => {
  it("waits for an operator's yes, and then everything about the player is gone", async () => {
    const settings = host.directory.client(SettingsService, { role: "player", id: ADA, scopes: [] });
    await settings.set({
      ...{ place: { key: "audio.music_volume" }, idempotencyKey: key() },
      value: { kind: { case: "intValue", value: 7 } },
    });
    await flows().start({
      ...{ workflowId: "privacy-erase", executionId: "erase-1" },
      input: { case: "json", value: JSON.stringify({ playerId: ADA, note: "letter of 3 May" }) },
    });
    await vi.waitUntil(
      async () =>
        (await flows(admin).get({ executionId: "erase-1" })).execution?.waitsFor.includes(
          "a yes of an operator",
        ),
      WAIT,
    );
    expect(await items(ADA)).not.toEqual([]);
    await flows(admin).signal({
      executionId: "erase-1",
      name: "approval",
      approved: true,
      idempotencyKey: key(),
    });
    expect((await end("erase-1")).status).toBe(ExecutionStatus.COMPLETED);
    expect(await items(ADA)).toEqual([]);
    const { values } = await settings.resolve({ playerId: ADA, keys: ["audio.music_volume"] });
    expect(values.map(({ value }) => value?.kind.value)).not.toContain(7);
  });
});

describe("content", () => {
  it("is made without a model within a second, by the tier that settings knows, and all of it once premium is paid", async () => {
    const dee = { role: "player", id: "player:dee", scopes: [] } as const;
    const content = host.directory.client(ContentService, dee);
    const generate = (seed: string) =>
      content.generate({
        ...{
          worldId: "vale",
          kind: ContentKind.PLACE,
          regionId: "region:market-vale",
          seed,
          difficulty: 0.5,
        },
        idempotencyKey: key(),
      });
    const began = performance.now();
    const first = await generate("one");
    expect(performance.now() - began).toBeLessThan(1_000);
    expect([first.rung, first.why]).toEqual([Rung.NO_DEEP, "the tier has no deep ones"]);
    const second = await generate("two");
    expect([second.rung, second.why]).toEqual([Rung.FOUNDATION, "1 of 1 an hour are made"]);

    const { checkout } = await host.directory
      .client(BillingService, dee)
      .createCheckout({ idempotencyKey: key(), productId: "premium-month", worldId: "vale" });
    const bank = host.directory.client(LocalProviderService, admin);
    await bank.act({ idempotencyKey: key(), act: LocalAct.PAY, ref: checkout?.ref ?? "" });
    const admission = host.directory.client(AdmissionService, dee);
    await vi.waitUntil(async () => (await admission.quote({})).perDay === 50, WAIT);
    const third = await generate("one");
    expect([third.rung, third.why]).toEqual([Rung.FULL, ""]);
    expect(third.document?.contentId).toBe(first.document?.contentId);
  });
});

describe("orrery workflow", () => {
  /** What it prints; as JSON lines where `json` says so. */
  async function orrery(json: boolean, ...args: readonly string[]): Promise<string[]> {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const where = ["--url", host.url ?? "", "--data", data, ...(json ? ["--json"] : [])];
    await createProgram().parseAsync(["workflow", ...args, ...where], { from: "user" });
    const lines = log.mock.calls.map(([line]) => String(line));
    vi.restoreAllMocks();
    return lines;
  }

  it("begins, shows as a graph, explains, answers, and handles the history again", async () => {
    await ended("purchase-fulfilment", "buy-9", purchase({ playerId: "player:cy", price: 7 })).catch(String);
    await orrery(
      true,
      "start",
      "privacy-erase",
      JSON.stringify({ playerId: "player:cy", note: "asked" }),
      "--id",
      "erase-9",
    );
    expect((await orrery(false, "show", "erase-9")).slice(0, 3).map((line) => line.trimEnd())).toEqual([
      expect.stringMatching(/^privacy-erase v1 {2}erase-9 {2}running {2}0 %$/),
      "● approval: running  approve",
      expect.stringMatching(/waits for a yes of an operator, until /),
    ]);
    expect(await orrery(false, "why", "erase-9")).toContainEqual(
      expect.stringContaining("keys waits for payment, state."),
    );
    await orrery(true, "signal", "erase-9", "approval", "--no", "--note", "not them");
    await end("erase-9");
    expect((await orrery(false, "show", "erase-9"))[1]).toContain("admin:operator: not them");
    const [checked = "{}"] = await orrery(true, "history", "erase-9", "--check");
    expect(JSON.parse(checked)).toMatchObject({ "differs at": "nowhere" });
    const listed = (await orrery(true, "list", "--limit", "500")).map(
      (line) => JSON.parse(line) as { execution: string },
    );
    expect(listed.map(({ execution }) => execution)).toContain("erase-9");
    expect((await orrery(true, "definitions")).length).toBeGreaterThan(2);
    await expect(orrery(true, "cancel", "nobody", "--reason", "-")).rejects.toThrow(/ORCH_UNKNOWN_EXECUTION/);
  });
});
