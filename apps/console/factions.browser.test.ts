// Who wants what in the valley, as a page shows it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

describe("the factions", () => {
  it("are listed with their power and land, and every region with whose it is", async () => {
    const { page } = window;
    await window.open("/factions");
    await page.getByText(/^5 factions hold \d+ regions\./).waitFor();
    await page.getByRole("row", { name: /^The Weighhouse \d\.\d\d/ }).waitFor();
    await page.getByRole("row", { name: /^Silverdale the Delve/ }).waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("say what one has in mind, and why a share of a region is what it is, by a link", async () => {
    const { page } = window;
    await window.open("/factions?faction=faction:deepdelve&region=region:wolfscar");
    const card = page.getByRole("complementary", { name: "The Delve" });
    await card.getByRole("heading", { name: "What it has in mind" }).waitFor();
    await card
      .getByText(/^(Nothing keeps it from that|But .*)\.$/)
      .first()
      .waitFor();
    await page
      .getByRole("region", { name: "Why" })
      .getByText(/% of Wolfscar (is|are) with the Delve/)
      .waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("that there are not are said to be none, and the land is tinted by whose it is", async () => {
    const { page } = window;
    await window.open("/factions?faction=faction:constructor");
    await page.getByText("No faction is called faction:constructor here.").waitFor();
    await window.open("/world?layers=control,names");
    await page.getByRole("button", { name: "Control", pressed: true }).waitFor();
    await page.getByRole("list", { name: "Whose the land is" }).getByText("the Delve").waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });
});
