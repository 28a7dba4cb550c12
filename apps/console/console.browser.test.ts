import { JournalService, Order } from "@orrery/schema/bus/v1";
import { StateService } from "@orrery/schema/state/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

describe("the console", () => {
  it("takes the admin's key out of the address", () => {
    expect(window.page.url()).not.toContain("key=");
  });

  it("shows the valley and a clock that runs", async () => {
    await window.open("/world");
    const clock = window.page.getByLabel("time of day");
    const before = await clock.textContent();
    await expect.poll(() => clock.textContent(), { timeout: 10_000 }).not.toBe(before);
    const colours = () =>
      window.page.evaluate(() => {
        const canvas = document.querySelector("canvas") as HTMLCanvasElement;
        const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        );
        const seen = new Set<number>();
        for (let at = 0; at < data.length; at += 4_000)
          seen.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
        return seen.size;
      });
    // The map is drawn, not one colour all over; its first frame may come after the clock.
    await expect.poll(colours, { timeout: 10_000 }).toBeGreaterThan(200);
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });

  it("needs little script for the first view", async () => {
    const guest = await window.page.context().browser()?.newPage();
    await guest?.goto(`${window.instance().host.url}/world`);
    await guest?.getByLabel("time of day").waitFor();
    const bytes = await guest?.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map((entry) => entry as PerformanceResourceTiming)
        .filter(({ name }) => name.endsWith(".js"))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    );
    await guest?.close();
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(350_000);
  });

  it("opens a region by link, with its forecast", async () => {
    await window.open("/world?region=region:mill-vale");
    await window.page.getByRole("heading", { name: "Mill Vale" }).waitFor();
    await window.page.getByRole("img", { name: /likeliest/ }).waitFor();
    expect(window.problems()).toEqual([]);
  });

  it("shows the past as the journal has it, and what had been expected of it", async () => {
    const asService = { role: "service", id: "test", scopes: [] } as const;
    const time = window.instance().host.directory.client(TimeService, { ...asService, role: "admin" });
    const journal = window.instance().host.directory.client(JournalService, asService);
    const nowGs = async () => (await time.getClock({ worldId: "hollowmere" })).now?.atGs ?? 0;
    // A world of an hour a second has a past soon.
    await expect.poll(nowGs, { timeout: 30_000 }).toBeGreaterThan(19 * 3_600);
    const atGs = Math.floor((await nowGs()) - 6 * 3_600);
    const query = async () => {
      const filter = { types: ["weather.v1.WeatherChanged"], keys: ["region:mill-vale"], toGs: atGs + 1 };
      const order = Order.NEWEST_FIRST;
      return (await journal.query({ worldId: "hollowmere", filter, order, pageSize: 1 })).events[0];
    };
    const kept = await query();
    const { temperatureC } = WeatherChanged.decode(kept?.payload ?? new Uint8Array());
    await window.open(`/world?region=region:mill-vale&at=${atGs}`);
    await expect
      .poll(() => window.page.locator(".card .big b").textContent(), { timeout: 10_000 })
      .toBe(`${temperatureC.toFixed(0)}°`);
    await window.page.getByRole("img", { name: /hours came within the band/ }).waitFor();
    await window.page.getByText("the past").waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });

  it("shows the stream and an event with its bytes", async () => {
    await window.open("/stream?filter=hourchanged");
    await window.page.locator(".row").first().click();
    await window.page.getByText("Why did this happen?").waitFor();
    await window.page.getByText("time.v1.HourChanged").first().waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });

  it("draws why the weather changed", async () => {
    await window.open("/stream?filter=weather.v1.weatherchanged");
    await window.page.locator(".row").first().click();
    await window.page.getByText("Why did this happen?").click();
    await window.page.locator(".node.self").waitFor();
    await window.page.locator(".node", { hasText: "time.v1.HourChanged" }).first().waitFor();
    expect(window.problems()).toEqual([]);
  });

  it("says how every service is", async () => {
    await window.open("/services");
    for (const id of ["event-bus", "router", "time-manager", "weather-manager"])
      await window.page.getByRole("heading", { name: id }).waitFor();
    await window.page.getByText("weather-manager/aggregate-0").waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });

  it("shows an object through its versions, who changed it and what its owner has", async () => {
    const state = window
      .instance()
      .host.directory.client(StateService, { role: "service", id: "quests", scopes: [] });
    const id = { collection: "progress", owner: "player:ada", key: "main" };
    for (const json of ['{"hat":"red"}', '{"hat":"blue"}'])
      await state.write({
        worldId: "hollowmere",
        operations: [
          { id, act: { case: "put", value: { content: { content: { case: "json", value: json } } } } },
        ],
      });
    await window.open("/state?filter=progress+player:ada+main");
    await window.page.getByText('/hat: "red" → "blue"').waitFor();
    await window.page.getByText('{"hat":"blue"}').waitFor();
    await window.page.getByLabel("Version").fill("0");
    await window.page.getByText('{"hat":"red"}').waitFor();
    await window.page.getByText("1 of 10,000 objects").waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });

  it("finds a place by name", async () => {
    await window.open("/services");
    await window.page.getByRole("heading", { name: "router" }).waitFor();
    await window.page.keyboard.press("Control+k");
    await window.page.keyboard.type("mill vale");
    await window.page.keyboard.press("Enter");
    await window.page.getByRole("heading", { name: "Mill Vale" }).waitFor();
  });

  it("holds the clock and lets it go", async () => {
    await window.open("/world");
    await window.page.getByRole("button", { name: "Pause" }).click();
    await window.page.getByRole("button", { name: /Held by console/ }).click();
    await window.page.getByRole("button", { name: "Pause" }).waitFor();
  });

  it("survives a restart of the server", async () => {
    await window.open("/world");
    await window.page.getByRole("button", { name: "Pause" }).waitFor();
    await window.stopServer();
    await window.page.getByText(/No word from the world/).waitFor();
    await window.startServer();
    await expect
      .poll(() => window.page.getByText(/No word from the world/).count(), { timeout: 40_000 })
      .toBe(0);
  });
});
