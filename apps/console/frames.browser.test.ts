// How clients play, as a page shows it: sessions, lanes against their budgets, decisions, another mode.
import { Lane, PerformanceService } from "@orrery/schema/performance/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

const ADMIN = { role: "admin", id: "operator", scopes: [] } as const;

describe("performance", () => {
  it("lists who is connected with mode and bound lane, and shows lanes against budgets and why, by a link", async () => {
    const { page } = window;
    await window.open("/frames");
    const row = page.getByRole("row", { name: /^operator .*immersive, medium \(auto\) 90 fps/ });
    await row.waitFor();
    const { directory } = window.instance().host;
    const { sessions } = await directory.client(PerformanceService, ADMIN).listSessions({});
    const own = sessions.find(({ playerId }) => playerId === "operator");
    const histogram = new Array<number>(32).fill(0);
    histogram[17] = 357;
    const times = { meanMs: 14, p95Ms: 14, p99Ms: 14 };
    const lanes = [{ lane: Lane.GPU, ...times, children: [{ name: "lighting", meanMs: 6, p95Ms: 6 }] }];
    const report = { frames: 357, histogram, ...times, internalScale: 0.75, lanes };
    const player = directory.client(PerformanceService, { role: "player", id: "operator", scopes: [] });
    await player.reportFrames({ sessionId: own?.sessionId ?? "", seq: 1, windows: [report] });
    await row.getByText("gpu, 140 % of its budget").waitFor({ timeout: 15_000 });
    await row.getByRole("button", { name: "operator" }).click();
    const view = page.getByRole("region", { name: "Frames of operator" });
    await view.getByRole("row", { name: /^gpu \(bound\) 14\.00 ms 10\.00 ms/ }).waitFor();
    await view.getByText("▲ over, most of all lighting").waitFor();
    await view.getByText("Now: all is within bounds.").waitFor();
    await view.getByText("Where each value comes from").click();
    await view.getByRole("row", { name: /^client_event_hz 10 matrix/ }).waitFor();
    expect(page.url()).toContain(own?.sessionId ?? "no session");
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("sets another mode, which the page shows, and survives the server's restart", async () => {
    const { page } = window;
    const view = page.getByRole("region", { name: "Frames of operator" });
    await view.getByLabel("Mode", { exact: true }).last().selectOption("competitive");
    await view.getByLabel("Preset").selectOption("low");
    await view.getByRole("button", { name: "Set" }).click();
    await view.getByText("Set: competitive, low.").waitFor();
    await view.getByText(/^competitive, low, 300 fps, events at 30 Hz/).waitFor();
    expect(window.problems()).toEqual([]);
    await window.stopServer();
    await window.startServer();
    await window.open("/frames");
    await page
      .getByRole("row", { name: /^operator .*competitive, low 300 fps/ })
      .waitFor({ timeout: 20_000 });
  });
});
