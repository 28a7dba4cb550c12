// What the page does and does not do while somebody holds it in hand.
import { JournalService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { Condition, WeatherService } from "@orrery/schema/weather/v1";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

const ADMIN = { role: "admin", id: "ada", scopes: [] } as const;
const WORLD = { worldId: "hollowmere" };

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

const clock = () => window.instance().host.directory.client(TimeService, ADMIN);
const holds = async () => (await clock().getClock(WORLD)).clock?.holds ?? [];
const key = () => ({ ...WORLD, idempotencyKey: crypto.randomUUID() });

afterEach(async () => {
  for (const name of await holds()) await clock().release({ ...key(), name });
});

describe("a key", () => {
  it("belongs to the control that has the focus", async () => {
    const { page } = window;
    await window.open("/stream");
    const button = page.getByRole("button", { name: "Hold still" });
    await button.focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Go on" }).waitFor();
    expect(await holds()).toEqual([]);
  });

  it("belongs to the dialog over the page", async () => {
    const { page } = window;
    await window.open("/world?region=region:mill-vale");
    await page.getByRole("heading", { name: "Mill Vale" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("2");
    expect(new URL(page.url()).pathname).toBe("/world");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(new URL(page.url()).searchParams.get("region")).toBe("region:mill-vale");
    await page.keyboard.press("2");
    await page.getByRole("heading", { name: "Stream" }).waitFor();
  });
});

describe("the time bar", () => {
  it("follows a clock that is held, says by whom, and lets go", async () => {
    const { page } = window;
    await window.open("/world");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await clock().hold({ ...key(), name: "the-cli", note: "" });
    await page.getByRole("button", { name: "Held by the-cli: let go" }).click();
    await expect.poll(holds).toEqual([]);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Held by console" }).waitFor();
    expect(await holds()).toEqual(["console"]);
    expect(window.problems()).toEqual([]);
  });

  it("takes an act that is pressed twice for one", async () => {
    const { page } = window;
    await window.open("/world");
    const skip = page.getByRole("button", { name: "Skip to dawn" });
    await skip.dblclick();
    await skip.and(page.locator(":enabled")).waitFor();
    expect(window.problems()).toEqual([]);
  });

  it("takes what has not happened yet for no past, and shows the past over the map only", async () => {
    const { page } = window;
    await window.open("/world?at=999999999");
    await expect.poll(() => new URL(page.url()).searchParams.get("at")).toBeNull();
    await window.open("/stream?at=60");
    await page.getByRole("heading", { name: "Stream" }).waitFor();
    expect(await page.getByText("the past").count()).toBe(0);
    await window.open("/world?at=60");
    await page.getByText("the past").first().waitFor();
  });
});

describe("the stream", () => {
  it("goes on by itself after the server was away", async () => {
    const { page } = window;
    // People who walk by the hundred would carry the row away before it is looked for.
    await window.open("/stream?filter=weather");
    await page.locator(".row").first().waitFor();
    await window.stopServer();
    await window.startServer();
    const journal = window.instance().host.directory.client(JournalService, ADMIN);
    const marked = {
      ...WORLD,
      type: "weather.v1.WeatherChanged",
      json: '{"region_id":"region:after-the-cut"}',
    };
    // What is said before the page is back may come to it as a part of how things are: it is said until it comes as news.
    const isSeen = async () => {
      await journal.publish(marked);
      return page.getByText("region:after-the-cut").count();
    };
    await expect.poll(isSeen, { timeout: 60_000, interval: 1_000 }).toBeGreaterThan(0);
  }, 120_000);

  it("asks the journal for what happened to a region, and reads further back", async () => {
    const { page } = window;
    const journal = window.instance().host.directory.client(JournalService, ADMIN);
    await window.open("/stream?filter=region:mill-vale");
    await page.locator(".row").first().waitFor();
    await expect
      .poll(async () => {
        const { events } = await journal.query({
          ...WORLD,
          filter: { entities: ["region:mill-vale"] },
          pageSize: 1_000,
        });
        return events.length > 0;
      })
      .toBe(true);
    await window.open("/stream?filter=region:of-nobody");
    await page.getByText("Nothing was said about region:of-nobody.").waitFor();
    await window.open("/stream");
    const read = async () =>
      Number(/([\d,]+) events were read/.exec((await page.textContent("main")) ?? "")?.[1]?.replace(",", ""));
    await page.getByRole("button", { name: "Read further back" }).waitFor();
    const before = await read();
    await page.getByRole("button", { name: "Read further back" }).click();
    await expect.poll(read).toBeGreaterThan(before + 20);
  });
});

describe("the door", () => {
  it("says which worlds there are when one is asked for that is not", async () => {
    const { page } = window;
    await window.open("/world?world=nope");
    await page.getByText(/No world called "nope" can be entered here\. There are: hollowmere/).waitFor();
  });

  it("says that a key is not this one's, and lets its owner in as a guest next time", async () => {
    const context = await window.page.context().browser()?.newContext();
    const page = await context?.newPage();
    const url = window.instance().host.url as string;
    await page?.goto(`${url}/#key=not-the-key`);
    await page?.getByText(/The key in the address is not this Orrery's/).waitFor();
    await page?.getByRole("button", { name: "try again" }).click();
    await page?.getByLabel("time of day").waitFor();
    // Pasted over the open page it counts, and does not stay in the address.
    await page?.evaluate((secret) => void (location.hash = `key=${secret}`), window.instance().adminSecret);
    await page?.getByRole("button", { name: "Pause" }).and(page.locator(":enabled")).waitFor();
    expect(page?.url()).not.toContain("key=");
    // A tab that is opened beside it is the same person's.
    const beside = await context?.newPage();
    await beside?.goto(`${url}/world`);
    await beside?.getByRole("button", { name: "Pause" }).and(beside.locator(":enabled")).waitFor();
    await context?.close();
  });
});

describe("the map", () => {
  it("is gone over by arrows and opened by Enter, without a mouse", async () => {
    const { page } = window;
    await window.open("/world");
    const regions = page.getByRole("listbox", { name: "Regions of the map" });
    await regions.getByRole("option", { name: /^Mill Vale/ }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/^Market Vale/);
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).searchParams.get("region")).toBe("region:market-vale");
    await page.getByRole("complementary", { name: "Market Vale" }).waitFor();
    expect(await regions.getByRole("option", { selected: true }).allTextContents()).toEqual([
      expect.stringMatching(/^Market Vale/),
    ]);
    // One stop for Tab, not one for each region; it is seen while the keyboard is there.
    expect(await regions.locator("[tabindex='0']").count()).toBe(1);
    expect((await regions.boundingBox())?.width).toBeGreaterThan(200);
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("says over a region what it is warned of, and has a legend of each layer", async () => {
    const { page } = window;
    const weather = window.instance().host.directory.client(WeatherService, ADMIN);
    const untilGs = ((await clock().getClock(WORLD)).now?.atGs ?? 0) + 3 * 86_400;
    const regionIds = ["region:mill-vale"];
    await weather.setOverride({ ...key(), regionIds, condition: Condition.BLIZZARD, untilGs });
    await window.open(
      "/world?layers=weather,chart,temperature,wind,ground,roads,prices,control,people,names",
    );
    await page.getByRole("option", { name: /^Mill Vale, (Blizzard|.* more)/ }).waitFor();
    const legend = page.getByRole("region", { name: "Legend" });
    for (const words of [
      "blizzard",
      "emergency",
      "cold front",
      "20°",
      "50 km/h",
      "soaked",
      "closed",
      "contested",
    ])
      await legend.getByText(words).first().waitFor();
    // Two colours over each other would be mud: prices are signs where temperature is the colour.
    await legend.getByText("dearer than usual").waitFor();
    await page.getByRole("button", { name: "Temperature" }).click();
    await legend.getByText("as usual").waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });
});
