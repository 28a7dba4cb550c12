// Players, their money, and what they may choose, as pages show them.
import { BillingService, LocalAct, LocalProviderService, WalletService } from "@orrery/schema/payment/v1";
import { SettingsService } from "@orrery/schema/settings/v1";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

const ADMIN = { role: "admin", id: "ada", scopes: [] } as const;
const BO = "player:bo";
const WORLD = "hollowmere";

let window: Window;
let keys = 0;
const idempotencyKey = () => `rooms-of-players-${String(++keys).padStart(4, "0")}`;
const client = <S extends Parameters<ReturnType<Window["instance"]>["host"]["directory"]["client"]>[0]>(
  service: S,
  caller: object = ADMIN,
) => window.instance().host.directory.client(service, caller as typeof ADMIN);

beforeAll(async () => {
  window = await openWindow();
  const own = { role: "player", id: BO, scopes: [] } as const;
  const billing = client(BillingService, own);
  const { checkout } = await billing.createCheckout({
    ...{ idempotencyKey: idempotencyKey(), productId: "tokens-500", worldId: WORLD },
  });
  const bank = client(LocalProviderService);
  await bank.act({ idempotencyKey: idempotencyKey(), act: LocalAct.PAY, ref: checkout?.ref ?? "" });
  const wallet = client(WalletService);
  const paid = async () =>
    (await wallet.getBalances({ worldId: "platform", playerId: BO })).accounts[0]?.balance === 500;
  await vi.waitUntil(paid, { timeout: 10_000 });
  await client(SettingsService, own).set({
    place: { key: "audio.music_volume" },
    value: { kind: { case: "intValue", value: 35 } },
    idempotencyKey: idempotencyKey(),
  });
});
afterAll(() => window?.close());

async function expectClean(page: Page = window.page): Promise<void> {
  if (page === window.page) expect(await window.seriousAxeIssues()).toEqual([]);
  expect(window.problems()).toEqual([]);
}

describe("the room Players", () => {
  it("shows what holds for one person and why, and gives them another tier for a while", async () => {
    const { page } = window;
    await window.open(`/players?filter=player%3D${encodeURIComponent(BO)}`);
    await page.getByText("audio.music_volume").waitFor();
    await page.getByText("audio.music_volume").click();
    await page.getByText(/set by the player.*35.*this one holds/).waitFor();
    await page.getByRole("row", { name: /^violence/ }).waitFor();
    await page.getByText("player:bo/token").waitFor();
    await page.getByLabel("Reason").fill("a prize");
    await page.getByRole("button", { name: "Override" }).click();
    await page.getByText(/^premium from now on/).waitFor();
    await page
      .getByText(/by ada|by operator|a prize/)
      .first()
      .waitFor();
    await expectClean();
  });
});

describe("the room Ledger", () => {
  it("shows how much there is and what moved, and counts the books again", async () => {
    const { page } = window;
    await window.open("/ledger?filter=account%3Dplayer%3Abo%2Ftoken");
    await page.getByRole("row", { name: /^token/ }).waitFor();
    const line = page.getByRole("table", { name: /Statement of/ }).getByRole("row", { name: /purchase/ });
    expect(await line.textContent()).toContain("500");
    await page.getByRole("button", { name: "Count the books again" }).click();
    await page.getByText(/^0 imbalances in /).waitFor();
    await page.getByRole("button", { name: "Compare with the provider" }).click();
    await page.getByText(/looked at, 0 differences/).waitFor();
    expect(await page.getByRole("button", { name: "Mend what differs" }).isDisabled()).toBe(true);
    await expectClean();
  });
});

describe("the room Flags", () => {
  it("begins a flag, says what a change moves before it is kept, and explains it for anybody", async () => {
    const { page } = window;
    await window.open("/flags");
    const keep = page.getByRole("button", { name: "Keep" });
    expect(await keep.isDisabled()).toBe(true);
    await page.getByRole("button", { name: "What would come of it?" }).click();
    await page.getByText(/^Would begin/).waitFor();
    await keep.click();
    await page.getByRole("article", { name: "Flag market.new-stalls" }).waitFor();
    await page.getByText("on 10 %, off 90 %").first().waitFor();
    await page.getByLabel("Whom").fill("player:ada");
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByText(/bucket [\d,]+ of 100,000/).waitFor();
    const text = page.getByLabel("Definition as JSON");
    const twenty = (await text.inputValue())
      .replace(/"weight": 10000/, '"weight": 20000')
      .replace(/"weight": 90000/, '"weight": 80000');
    await text.fill(twenty);
    await page.getByRole("button", { name: "What would come of it?" }).click();
    await page.getByText(/^Would change: 10 % of rule some move/).waitFor();
    await keep.click();
    await page.getByText("on 20 %, off 80 %").first().waitFor();
    await page.getByRole("button", { name: "Kill it" }).click();
    await page
      .getByRole("row", { name: /market\.new-stalls/ })
      .getByText("off", { exact: true })
      .waitFor();
    await expectClean();
  });
});

describe("the room Routes", () => {
  it("says that all runs in one process, and who is there", async () => {
    const { page } = window;
    await window.open("/routes");
    await page.getByText(/run in its own process/).waitFor();
    await page.getByRole("row", { name: /^weather-manager ready/ }).waitFor();
    await expectClean();
  });
});

describe("the page of options", () => {
  it("has every definition that a player sees, and is held by keys alone", async () => {
    const guests = await window.page.context().browser()?.newContext();
    const page = (await guests?.newPage()) as Page;
    await page.goto(`${new URL(window.page.url()).origin}/options`);
    const options = page.locator("[data-key]");
    await options.first().waitFor();
    const asPlayer = { role: "player", id: "player:anyone", scopes: [] } as const;
    const { definitions } = await client(SettingsService, asPlayer).listDefinitions({ pageSize: 500 });
    const seen = await options.evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key")));
    expect(seen.sort()).toEqual(definitions.map(({ key }) => key).sort());

    const row = page.locator('[data-key="audio.music_volume"]');
    const slider = row.getByRole("slider");
    for (
      let tabs = 0;
      tabs < 120 && !(await slider.evaluate((own) => own === document.activeElement));
      tabs++
    )
      await page.keyboard.press("Tab");
    const before = Number(await slider.inputValue());
    await page.keyboard.press("ArrowLeft");
    await row.getByText("Kept.").waitFor();
    await row.getByText(/set by the player/i).waitFor();
    await page.reload();
    await row.getByText(/set by the player/i).waitFor();
    expect(Number(await slider.inputValue())).toBeLessThan(before);
    const reset = row.getByRole("button", { name: "Reset Music volume" });
    for (let tabs = 0; tabs < 120 && !(await reset.evaluate((own) => own === document.activeElement)); tabs++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await row.getByText(/as it comes/i).waitFor();
    await guests?.close();
  });
});
