// Work that spans services, as a page shows and steers it.
import { WorkflowService } from "@orrery/schema/orchestration/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWindow, type Window } from "./window.testing.ts";

let window: Window;
beforeAll(async () => {
  window = await openWindow();
  const flows = window
    .instance()
    .host.directory.client(WorkflowService, { role: "service", id: "shop", scopes: [] });
  for (const executionId of ["erase-1", "erase-2"])
    await flows.start({
      ...{ workflowId: "privacy-erase", executionId },
      input: { case: "json", value: JSON.stringify({ playerId: "player:cy", note: "asked" }) },
    });
});
afterAll(() => window?.close());

describe("the workflows", () => {
  it("are listed, and one shows its steps, what it waits for, and goes on after a yes", async () => {
    const { page } = window;
    await window.open("/workflows");
    await page.getByRole("row", { name: /^erase-1 privacy-erase running, 0 %/ }).waitFor();
    await page.getByRole("button", { name: "erase-1" }).click();
    const card = page.getByRole("complementary", { name: "erase-1" });
    await card.getByText(/^approval waits for a yes of an operator, until /).waitFor();
    await card.getByRole("button", { name: /^keys waiting/ }).click();
    await card
      .getByRole("region", { name: "Step keys" })
      .getByText("bus.v1.PersonalService/EraseSubject")
      .waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    await card.getByRole("textbox", { name: "Note" }).fill("a letter");
    await card.getByRole("button", { name: "Yes to approval" }).click();
    await card.getByText("privacy-erase v1, completed, for shop").waitFor();
    await card.getByRole("button", { name: /^settings succeeded/ }).waitFor();
  });

  it("are cancelled with a note, by a link, and what there is not is said", async () => {
    const { page } = window;
    await window.open("/workflows?filter=execution%3Derase-2%26show%3Dopen");
    const card = page.getByRole("complementary", { name: "erase-2" });
    const cancel = card.getByRole("button", { name: "Cancel" });
    await cancel.waitFor();
    expect(await cancel.isDisabled()).toBe(true);
    await card.getByRole("textbox", { name: "Note" }).fill("not them");
    await cancel.click();
    await card.getByText(/^It failed: .*not them.*\(ORCH_CANCELLED\)\.$/).waitFor();
    await page.getByText("Nothing goes on.").waitFor();
    await page.getByRole("button", { name: "stuck" }).click();
    await page.getByText("Nothing is stuck: whatever was to be undone is.").waitFor();
    expect(await window.seriousAxeIssues()).toEqual([]);
    expect(window.problems()).toEqual([]);
  });
});
