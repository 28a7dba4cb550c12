// Versions of the engine and an upgrade, as an operator's page shows them.
import { EngineService } from "@orrery/schema/engine/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window?.close());

describe("the engines", () => {
  it("say what is in use, what is newest, and when that was truly read", async () => {
    const { page } = window;
    await window.open("/engines");
    await page.getByRole("row", { name: /^Unreal Engine 5\.6\.1 5\.7\.0 a minor version behind / }).waitFor();
    await page.getByRole("row", { name: /^unreal-engine-tags disabled: sources outside/ }).waitFor();
    await page.getByText(/^\d+ features in 5\.7\.0/).waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
  });

  it("lead through an upgrade, step by step, each by a person's hand", async () => {
    const { page } = window;
    const engines = window
      .instance()
      .host.directory.client(EngineService, { role: "service", id: "feeds", scopes: [] });
    const notes = "- Improves MegaLights";
    const told = { subjectId: "unreal-engine", tag: "5.8.0-release", notes };
    await engines.push({ ...told, idempotencyKey: "console-push-1" });
    await window.open("/engines?filter=subject%3Dunreal-engine%26version%3D5.8.0");
    await page.getByRole("button", { name: "Approve megalights enhanced" }).click();
    await page.getByText("It goes out with the upgrade to this version.").waitFor();
    await page.getByRole("button", { name: "Propose 5.8.0" }).click();
    const upgrade = page.getByRole("article", { name: /^Upgrade unreal-engine-5\.8\.0-/ });
    await upgrade.getByText("0 of 1 have approved it.").waitFor();
    await upgrade.getByRole("button", { name: "Approve" }).click();
    const building = upgrade.getByRole("form", { name: "Report building" });
    await building.getByLabel("SHA-256 of what was built").fill("a".repeat(64));
    await building.getByRole("button", { name: "It went well" }).click();
    const testing = upgrade.getByRole("form", { name: "Report testing" });
    await testing.getByLabel("smoke passed").check();
    await testing.getByLabel("replication passed").check();
    await testing.getByRole("button", { name: "It went well" }).click();
    const canary = upgrade.getByRole("form", { name: "Report canary" });
    await canary.getByLabel("Why").fill("it looks well");
    expect(await window.seriousAxeIssues()).toEqual([]);
    await canary.getByRole("button", { name: "It went well" }).click();
    await upgrade.getByRole("list", { name: "Steps" }).getByText("Promoted").waitFor();
    await page.getByRole("row", { name: /^Unreal Engine 5\.8\.0 5\.8\.0 up to date / }).waitFor();
    await page.getByText(/features in 5\.8\.0, 1 of them more than before$/).waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });

  it("are for operators, and of none but what is watched", async () => {
    const { page } = window;
    await window.open("/engines?filter=subject%3Dconstructor");
    await page.getByText("Nothing that is watched is called constructor.").waitFor();
    const context = await page.context().browser()?.newContext();
    const guest = await context?.newPage();
    await guest?.goto(`${window.instance().host.url}/engines`);
    await guest?.getByText(/^Engines are for admins/).waitFor();
    await context?.close();
  });
});
