// Which world one is in, and the way to another.
import { WorldService } from "@orrery/schema/bus/v1";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

const ADMIN = { role: "admin", id: "ada", scopes: [] } as const;

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

it("names the world, goes to another by keyboard with room and view kept, and shows a fork as one", async () => {
  const { page } = window;
  const worlds = window.instance().host.directory.client(WorldService, ADMIN);
  await worlds.fork({ worldId: "hollowmere", newWorldId: "what-if", idempotencyKey: crypto.randomUUID() });
  const line = await lineOf(page);
  await window.open("/market?region=region:mill-vale&filter=1&layers=names");
  const which = page.getByRole("button", { name: "World: hollowmere" });
  await which.waitFor();
  expect(await page.title()).toBe("hollowmere · Orrery");
  expect(await page.getByText("Fork of hollowmere").count()).toBe(0);
  await which.focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu", { name: "Worlds" });
  await menu
    .getByRole("menuitemradio", { name: /^what-if Fork of hollowmere, from day 1, \d\d:\d\d$/ })
    .waitFor();
  expect(await menu.getByRole("menuitemradio", { checked: true }).textContent()).toContain("hollowmere");
  expect(await window.seriousAxeIssues()).toEqual([]);
  await page.keyboard.press("Escape");
  await expect.poll(() => menu.count()).toBe(0);

  // The list is there from before; the one that is asked for anew comes after the reader has gone on in it.
  line.hold();
  await page.keyboard.press("Enter");
  await menu.getByRole("menuitemradio", { name: /^what-if/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await expect.poll(line.heldWords).toContain("what-if");
  line.letGo();
  await page.evaluate("new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))");
  await page.keyboard.press("Enter");

  await page.getByRole("button", { name: "World: what-if" }).waitFor();
  const { pathname, searchParams } = new URL(page.url());
  expect([pathname, Object.fromEntries(searchParams)]).toEqual([
    "/market",
    { world: "what-if", region: "region:mill-vale", layers: "names" },
  ]);
  await page.getByText(/^Fork of hollowmere, from day 1, \d\d:\d\d$/).waitFor();
  const bar = (selector: string) =>
    page.locator(selector).evaluate((element) => getComputedStyle(element).backgroundImage);
  expect(await bar(".bar")).toContain("repeating-linear-gradient");
  expect(await window.seriousAxeIssues()).toEqual([]);
  expect(window.problems()).toEqual([]);
});

/** The page's socket, where what the server says can be held back for a while. */
async function lineOf(page: Page) {
  let held: (() => void)[] | undefined;
  let words = "";
  await page.routeWebSocket(/./, (socket) => {
    socket.connectToServer().onMessage((message) => {
      if (held === undefined) return socket.send(message);
      words += message.toString("latin1");
      held.push(() => socket.send(message));
    });
  });
  return {
    hold() {
      held = [];
    },
    heldWords: () => words,
    letGo() {
      for (const send of held ?? []) send();
      held = undefined;
    },
  };
}
