// What the valley lives on, as a page shows it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

describe("the market", () => {
  it("shows what every good costs in every region, and the roads", async () => {
    const { page } = window;
    await window.open("/market");
    await page.getByText(/^12 goods in 16 regions; /).waitFor();
    const row = page.getByRole("row", { name: /^Market Vale/ });
    await row.waitFor();
    expect(await row.getByRole("button").count()).toBe(12);
    await page.getByRole("heading", { name: "Roads" }).waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("says of a price why it is that, and keeps the choice in the link", async () => {
    const { page } = window;
    await window.open("/market?region=region:market-vale&good=good:grain");
    const card = page.getByRole("complementary", { name: "Grain in Market Vale" });
    await card.getByText(/^Grain in Market Vale costs \d/).waitFor();
    await card.getByText(/There is enough for \d+(\.\d)? days/).waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });
});
