import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { JournalService, Order } from "@orrery/schema/bus/v1";
import { StateService } from "@orrery/schema/state/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherChanged } from "@orrery/schema/weather/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildConsole, CONSOLE_FOLDER } from "../cli/run/console.ts";
import { type Instance, startInstance } from "../cli/run/instance.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-console-"));
let instance: Instance;
let browser: Browser;
let page: Page;
let problems: string[] = [];

function start(port: number): Promise<Instance> {
  return startInstance({
    data: folder,
    port,
    worlds: [{ id: "hollowmere", pack: "hollowmere", seed: "hollowmere", rate: 3_600 }],
    databaseUrl: undefined,
    consoleFolder: CONSOLE_FOLDER,
    logLevel: "silent",
  });
}

beforeAll(async () => {
  await buildConsole();
  instance = await start(0);
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${instance.host.url}/#key=${instance.adminSecret}`);
  await page.getByText("Hollowmere").first().waitFor();
});

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(path: string): Promise<void> {
  problems = [];
  await page.goto(`${instance.host.url}${path}`);
}

async function seriousAxeIssues(): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run()")) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

describe("the console", () => {
  it("takes the admin's key out of the address", () => {
    expect(page.url()).not.toContain("key=");
  });

  it("shows the valley and a clock that runs", async () => {
    await open("/world");
    const clock = page.getByLabel("time of day");
    const before = await clock.textContent();
    await expect.poll(() => clock.textContent(), { timeout: 10_000 }).not.toBe(before);
    // The map is drawn: not one colour all over.
    const colours = await page.evaluate(() => {
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
    expect(colours).toBeGreaterThan(200);
    expect(await seriousAxeIssues()).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("opens a region by link, with its forecast", async () => {
    await open("/world?region=region:mill-vale");
    await page.getByRole("heading", { name: "Mill Vale" }).waitFor();
    await page.getByRole("img", { name: /likeliest/ }).waitFor();
    expect(problems).toEqual([]);
  });

  it("shows the past as the journal has it, and what had been expected of it", async () => {
    const asService = { role: "service", id: "test", scopes: [] } as const;
    const time = instance.host.directory.client(TimeService, { ...asService, role: "admin" });
    const journal = instance.host.directory.client(JournalService, asService);
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
    await open(`/world?region=region:mill-vale&at=${atGs}`);
    await expect.poll(() => page.locator(".card .big b").textContent()).toBe(`${temperatureC.toFixed(0)}°`);
    await page.getByRole("img", { name: /hours came within the band/ }).waitFor();
    await page.getByText("the past").waitFor();
    expect(await seriousAxeIssues()).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("shows the stream and an event with its bytes", async () => {
    await open("/stream?filter=hourchanged");
    await page.locator(".row").first().click();
    await page.getByText("Why did this happen?").waitFor();
    await page.getByText("time.v1.HourChanged").first().waitFor();
    expect(await seriousAxeIssues()).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("draws why the weather changed", async () => {
    await open("/stream?filter=weather.v1.weatherchanged");
    await page.locator(".row").first().click();
    await page.getByText("Why did this happen?").click();
    await page.locator(".node.self").waitFor();
    await page.locator(".node", { hasText: "time.v1.HourChanged" }).first().waitFor();
    expect(problems).toEqual([]);
  });

  it("says how every service is", async () => {
    await open("/services");
    for (const id of ["event-bus", "router", "time-manager", "weather-manager"])
      await page.getByRole("heading", { name: id }).waitFor();
    await page.getByText("weather-manager/aggregate").waitFor();
    expect(await seriousAxeIssues()).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("shows an object through its versions, who changed it and what its owner has", async () => {
    const state = instance.host.directory.client(StateService, { role: "service", id: "quests", scopes: [] });
    const id = { collection: "progress", owner: "player:ada", key: "main" };
    for (const json of ['{"hat":"red"}', '{"hat":"blue"}'])
      await state.write({
        worldId: "hollowmere",
        operations: [
          { id, act: { case: "put", value: { content: { content: { case: "json", value: json } } } } },
        ],
      });
    await open("/state?filter=progress+player:ada+main");
    await page.getByText('/hat: "red" → "blue"').waitFor();
    await page.getByText('{"hat":"blue"}').waitFor();
    await page.getByLabel("Version").fill("0");
    await page.getByText('{"hat":"red"}').waitFor();
    await page.getByText("1 of 10,000 objects").waitFor();
    expect(await seriousAxeIssues()).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("finds a place by name", async () => {
    await open("/services");
    await page.getByRole("heading", { name: "router" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("mill vale");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Mill Vale" }).waitFor();
  });

  it("holds the clock and lets it go", async () => {
    await open("/world");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: /Held by console/ }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
  });

  it("survives a restart of the server", async () => {
    await open("/world");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    const port = Number(new URL(instance.host.url ?? "").port);
    await instance.stop();
    await page.getByText(/No word from the world/).waitFor();
    instance = await start(port);
    await expect.poll(() => page.getByText(/No word from the world/).count(), { timeout: 40_000 }).toBe(0);
  });
});
