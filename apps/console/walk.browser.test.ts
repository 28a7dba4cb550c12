// A reader of the page walks through the world.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

describe("a walk", () => {
  it("begins at the gate, and leads by the roads to where people are", async () => {
    const { page } = window;
    await window.open("/walk");
    await page.getByText("You only look on.").waitFor();
    await page.getByRole("button", { name: "Come in" }).click();
    await page.getByText(/^You are at .*, in .*\.$/).waitFor();
    const ways = page.getByRole("region", { name: "Where to" });
    await ways.getByRole("button", { name: /Market Square/ }).click();
    await page.getByText(/^You set out for .*Market Square/).waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("lets the reader turn to whoever is there, and hear what is said of them for it", async () => {
    const { page } = window;
    const here = page.getByRole("region", { name: "Who is here" });
    const said = page.getByRole("region", { name: "What is said of you" });
    // People come and go, an hour a second: whoever is there and awake will do.
    await expect
      .poll(
        async () => {
          const help = here.getByRole("button", { name: /^Help: / }).first();
          await help.click({ timeout: 1_000 }).catch(() => {});
          return said.getByText(/know/).count();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    await said.getByText(/know/).first().click();
    await said
      .getByText(/saw it|heard it of/)
      .first()
      .waitFor();
    await page
      .getByRole("region", { name: "What factions think of you" })
      .getByText(/neither friend nor enemy|Nothing yet/)
      .first()
      .waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("shows what stands there and what one has: things do what they can, and goods are held out", async () => {
    const { page } = window;
    const things = page.getByRole("region", { name: "What is here" });
    await things.getByRole("button", { name: "Use: the pump" }).click();
    await things.getByText(/the lion spits water/).waitFor();
    const bag = page.getByRole("region", { name: "What you have" });
    await bag.getByText(/bushel of grain/).waitFor();
    await expect
      .poll(
        async () => {
          await bag
            .getByRole("button", { name: "Give grain" })
            .click({ timeout: 1_000 })
            .catch(() => {});
          return bag.getByText(/You held out grain to|NPC_|WORLD_/).count();
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toBeGreaterThan(0);
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("is where it was after a reload", async () => {
    const { page } = window;
    await page.reload();
    await page.getByText(/^You are (at|on) /).waitFor();
    expect(window.problems().filter((text) => !/NPC_|Failed to load resource/.test(text))).toEqual([]);
  });
});
