// What the page says of a service that could not start.
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
  await page.getByText("7 services; 6 of them well, weather-manager failed.").waitFor();
  expect(await window.seriousAxeIssues()).toEqual([]);
  await host.replace(weather);
  await card.getByText("well").waitFor();
  expect(await page.getByText("7 services; 7 of them well.").count()).toBe(1);
});
