// What the page says of services that could not start, of how they do over time, and of who is connected.
import { afterAll, beforeAll, expect, it } from "vitest";
import { loadService } from "../cli/run/services.ts";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

it("names a service that could not start, its code and what to do, until it runs", async () => {
  const { page } = window;
  const { host } = window.instance();
  const weather = await loadService("weather-manager");
  const refuses = {
    name: "refuses",
    publishes: [],
    subscribes: [],
    start: () => Promise.reject(new Error("the tide is out")),
  };
  await window.open("/services");
  const card = page.getByRole("article").filter({ hasText: "weather-manager" });
  await card.getByText("well").waitFor();
  await expect(host.replace({ ...weather, parts: [refuses] })).rejects.toThrow(/the tide is out/);
  await card.getByText("failed", { exact: true }).waitFor();
  await card.getByText(/SERVICE_START_FAILED.*the tide is out.*stays so until/).waitFor();
  await page.getByText("13 services; 12 of them well, weather-manager failed.").waitFor();
  expect(await window.seriousAxeIssues()).toEqual([]);
  await host.replace(weather);
  await card.getByText("well").waitFor();
  expect(await page.getByText("13 services; 13 of them well.").count()).toBe(1);
});

it("shows how much each service does over time, and how late it is", async () => {
  const { page } = window;
  await window.open("/services");
  const card = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "event-bus" }) });
  await card.getByRole("img", { name: /^Handled a second: \d+\.\d now, \d+\.\d at the most/ }).waitFor();
  await card.getByRole("img", { name: /^Oldest waits: [\d.]+ m?s now/ }).waitFor();
  const points = () => card.locator(".spark path").first().getAttribute("d");
  await expect.poll(async () => (await points())?.split("L").length, { timeout: 20_000 }).toBeGreaterThan(3);
});

it("shows who is connected, and sends a guest away for good, who reads why", async () => {
  const { page } = window;
  const context = await page.context().browser()?.newContext();
  const guest = await context?.newPage();
  await guest?.goto(`${window.instance().host.url}/world`);
  await guest?.getByLabel("time of day").waitFor();
  await window.open("/services");
  const sessions = page.getByRole("region", { name: "Sessions" });
  const theirs = sessions.getByRole("row", { name: /^guest player:guest-\S+ hollowmere web \d/ });
  await theirs.waitFor();
  await sessions.getByRole("row", { name: /^operator operator hollowmere web .* this page$/ }).waitFor();
  expect(await window.seriousAxeIssues()).toEqual([]);
  await theirs.getByRole("button", { name: /^Kick player:guest-/ }).click();
  await theirs.getByLabel("What they are told").fill("The tavern is closed");
  await theirs.getByRole("button", { name: "Send away" }).click();
  await sessions.getByText("Sent away.").waitFor();
  await expect.poll(() => theirs.count()).toBe(0);
  await guest
    ?.getByText(/The connection has ended: .*The tavern is closed.* Reload the page/)
    .first()
    .waitFor();
  await context?.close();
  expect(window.problems()).toEqual([]);
});
