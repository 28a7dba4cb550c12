// Who lives in the valley, as a page shows it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

describe("the people", () => {
  it("are listed with what they are at, and found by what they are", async () => {
    const { page } = window;
    await window.open("/people");
    await page.getByText(/^300 people, \d+ of them on the way\.$/).waitFor();
    await page.getByRole("searchbox", { name: "Find somebody" }).fill("baker mill");
    await page.getByText("Nobody fits.").waitFor();
    await page.getByRole("searchbox", { name: "Find somebody" }).fill("mira");
    await page.getByRole("button", { name: "Mira Reed" }).waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("are each known by a link: needs, what was chosen and why, and what is weighed at this moment", async () => {
    const { page } = window;
    await window.open("/people?person=npc:mira-reed");
    const person = page.getByRole("complementary", { name: "Mira Reed" });
    await person.getByText("baker, 34 years").waitFor();
    await person.getByRole("meter", { name: "food" }).waitFor();
    expect(await person.getByRole("meter").count()).toBe(7);
    expect(await person.getByRole("listitem").count()).toBeGreaterThan(3);
    const chosen = person.getByRole("list", { name: "What they chose, and why" });
    await chosen
      .getByText(/makes \d\.\d\d/)
      .first()
      .waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });

  it("one of them is followed on the first page, with what they want and do, and can be looked at", async () => {
    const { page } = window;
    await window.open("/world");
    const panel = page.getByRole("region", { name: "What is happening" });
    await panel.getByText(/^[A-Z].* wants .*; /).waitFor();
    await panel.getByRole("link", { name: "Follow" }).click();
    await page.getByRole("heading", { name: "People" }).waitFor();
    expect(new URL(page.url()).searchParams.get("person")).toMatch(/^npc:/);
  });

  it("that nobody is are said to be unknown", async () => {
    await window.open("/people?person=npc:nobody");
    await window.page.getByText("Nobody is called npc:nobody here.").waitFor();
  });
});
