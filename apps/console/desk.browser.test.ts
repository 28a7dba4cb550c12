import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DeadLetterService, JournalService, WorldService } from "@orrery/schema/bus/v1";
import { StateService } from "@orrery/schema/state/v1";
import { HourChanged } from "@orrery/schema/time/v1";
import { defineErrors, OrreryError } from "@orrery/wire";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

const ADMIN = { role: "admin", id: "ada", scopes: [] } as const;
const WORLD = "hollowmere";
const errors = defineErrors({
  TEST_BROKEN: { status: "internal", summary: "The handler is broken", todo: "Mend it" },
});

let window: Window;
let outside: Server;
let told: string[];

beforeAll(async () => {
  vi.stubEnv("EVENT_BUS_WEBHOOK_PRIVATE", "on");
  window = await openWindow();
  told = [];
  outside = createServer((request, response) => {
    if (request.method === "OPTIONS") return response.writeHead(200, { "webhook-allowed-origin": "*" }).end();
    told.push(String(request.headers["webhook-id"]));
    request.resume().on("end", () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await window?.close();
  outside?.closeAllConnections();
  outside?.close();
  vi.unstubAllEnvs();
});

async function expectClean(): Promise<void> {
  expect(await window.seriousAxeIssues()).toEqual([]);
  expect(window.problems()).toEqual([]);
}

describe("the console of an operator", () => {
  it("says an event by hand, and shows it", async () => {
    const { page } = window;
    await window.open("/stream");
    await page.getByRole("button", { name: "Say something" }).click();
    await page.getByLabel("Type").fill("weather.v1.WeatherChanged");
    const content = page.getByLabel("Content");
    await content.fill(
      (await content.inputValue()).replace(/"temperature_c": [^,\n]+/, '"temperature_c": "warm"'),
    );
    await page.getByRole("button", { name: "Say it" }).click();
    await page.getByRole("alert").waitFor();
    await content.fill((await content.inputValue()).replace('"warm"', "21.5"));
    await page.getByRole("button", { name: "Say it" }).click();
    await page.getByText(/^Said as /).waitFor();
    await expectClean();
  });

  it("shows what was given up, and sends it again after a look at which", async () => {
    const { page } = window;
    const { bus } = window.instance().host.surroundings;
    let works = false;
    const handled: number[] = [];
    const reader = bus.subscribe({
      id: "clerk/hours",
      types: [HourChanged.typeName],
      order: "none",
      handle({ sequence }) {
        if (!works) throw new OrreryError(errors.TEST_BROKEN);
        handled.push(sequence);
      },
    });
    await reader.ready;
    const letters = window.instance().host.directory.client(DeadLetterService, ADMIN);
    const open = async () => (await letters.redrive({ filter: {}, dryRun: true })).matched;
    await expect.poll(open, { timeout: 20_000 }).toBeGreaterThan(2);
    works = true;

    await window.open("/letters");
    await page
      .getByRole("button", { name: /^clerk\/hours/ })
      .first()
      .click();
    await page.getByRole("table").getByRole("button").first().click();
    await page.getByRole("heading", { name: /handler is broken/ }).waitFor();
    await expectClean();
    await page.goBack();
    await page.getByRole("button", { name: "Count them" }).click();
    await page.getByText(/open: .* of clerk\/hours/).waitFor();
    // To close takes a reason, is counted on the button, and can be taken back for ten seconds.
    expect(await page.getByRole("button", { name: /^Resolve/ }).isDisabled()).toBe(true);
    await page.getByLabel("Note").fill("mended by hand");
    await page.getByRole("button", { name: /^Resolve [\d,]+$/ }).click();
    await page.getByText(/will be resolved in \d+ s/).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await open()).toBeGreaterThan(2);
    await page.getByRole("button", { name: /^Send [\d,]+ again$/ }).click();
    await page
      .getByText(/(\d+) of \1 sent/)
      .first()
      .waitFor();
    await expect.poll(open, { timeout: 20_000 }).toBe(0);
    expect(handled.length).toBeGreaterThan(2);
    await page.getByText("Nothing is open.", { exact: false }).waitFor();
  });

  it("tells a system outside what happens, and shows what became of it", async () => {
    const { page } = window;
    await window.open("/webhooks");
    await page.getByLabel("Id").fill("tavern");
    await page.getByLabel("URL").fill(`http://127.0.0.1:${(outside.address() as AddressInfo).port}/hook`);
    await page.getByLabel("Types").fill(HourChanged.typeName);
    await page.getByRole("button", { name: "Name it" }).click();
    await page.getByText(/whsec_/).waitFor();
    await page.getByRole("button", { name: "tavern" }).click();
    await page.getByRole("button", { name: "Ask whether it wants events" }).click();
    await page.getByRole("button", { name: "Pause" }).last().waitFor();
    await page
      .getByText(/^204 in/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByText(/It answered 204/).waitFor();
    expect(told.length).toBeGreaterThan(1);
    await expectClean();
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: /^Remove tavern/ }).click();
    await page.getByText("Nobody outside is told anything yet", { exact: false }).waitFor();
  });

  it("forks a world, says where the two part, and keeps what is pinned", async () => {
    const { page } = window;
    await window.open("/worlds");
    await page.getByLabel("Id of the fork").fill("what-if");
    await page.getByRole("button", { name: "Fork", exact: true }).click();
    await page.getByRole("button", { name: "what-if" }).waitFor();
    const journal = window.instance().host.directory.client(JournalService, ADMIN);
    const { forks } = await window.instance().host.directory.client(WorldService, ADMIN).listForks({});
    expect(forks).toMatchObject([{ worldId: "what-if", parent: WORLD }]);
    await journal.publish({ worldId: "what-if", type: "weather.v1.WeatherChanged", json: "{}" });

    await page.getByRole("button", { name: "what-if" }).click();
    await page.getByText(/They part at day|Nothing differs since/).waitFor();
    await expectClean();

    await page.getByText(/All of hollowmere stays from event [\d,]+ on, for /).waitFor();
    await page.getByText("How long each type is kept").click();
    await page.getByRole("row", { name: "bus.v1.IntakeCommitted 7 days of its world" }).waitFor();
    await expectClean();

    await page.getByLabel("First event").fill("1");
    await page.getByLabel("Last event").fill("10");
    await page.getByRole("button", { name: "Pin", exact: true }).click();
    await page.getByText("hollowmere 1–10").waitFor();
    await page.getByRole("button", { name: "What could go?" }).click();
    await page.getByText(/outlived (its|their) retention/).waitFor();
    await page.getByRole("button", { name: "Unpin" }).click();
    await expect.poll(() => page.getByText("hollowmere 1–10").count()).toBe(0);
  });

  it("erases a player, after a look at what that takes", async () => {
    const { page } = window;
    const state = window
      .instance()
      .host.directory.client(StateService, { ...ADMIN, role: "service", id: "quests" });
    const id = { collection: "progress", owner: "player:bo", key: "main" };
    const put = { content: { content: { case: "json", value: '{"hat":"red"}' } } } as const;
    await state.write({ worldId: WORLD, operations: [{ id, act: { case: "put", value: put } }] });
    await window.open("/state?filter=progress+player:bo+");
    await page.getByText("1 of 10,000 objects").waitFor();
    expect(await page.getByRole("button", { name: "Erase for ever" }).isDisabled()).toBe(true);
    await page.getByLabel("Note").fill("letter of 3 May");
    await page.getByRole("button", { name: "What would be erased?" }).click();
    await page.getByText(/Nobody can bring them back/).waitFor();
    await page.getByRole("button", { name: "Erase for ever" }).click();
    await page.getByText("0 of 10,000 objects").waitFor();
    expect((await state.getQuota({ worldId: WORLD, owner: "player:bo" })).objects).toBe(0);
    await expectClean();
  });
});
