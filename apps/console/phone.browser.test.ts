// The page under fingers, on a screen of a phone.
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { roomsFor } from "./data/rooms.ts";
import { capital } from "./data/words.ts";
import { openWindow, type Window } from "./window.testing.ts";

const SIZE = { width: 390, height: 844 };

let window: Window;
let page: Page;
let fingers: CDPSession;
beforeAll(async () => {
  window = await openWindow();
  const context = await window.page.context().browser()?.newContext({ viewport: SIZE, hasTouch: true });
  page = (await context?.newPage()) as Page;
  fingers = await page.context().newCDPSession(page);
  await page.goto(`${window.instance().host.url}/world#key=${window.instance().adminSecret}`);
  await page.getByLabel("time of day").waitFor();
});
afterAll(() => window?.close());

type Spot = readonly [x: number, y: number];
async function touch(type: "touchStart" | "touchMove" | "touchEnd", ...spots: Spot[]): Promise<void> {
  await fingers.send("Input.dispatchTouchEvent", { type, touchPoints: spots.map(([x, y]) => ({ x, y })) });
}
const regionUnder = async ([x, y]: Spot) => {
  await touch("touchStart", [x, y]);
  await touch("touchEnd");
  await expect.poll(() => new URL(page.url()).searchParams.get("region")).toMatch(/^region:/);
  const region = new URL(page.url()).searchParams.get("region");
  await page.getByRole("button", { name: "Close" }).click();
  return region;
};

describe("on a phone", () => {
  it("two fingers come nearer, one drags, a tap chooses, and a button goes back to the whole", async () => {
    const back = page.getByRole("button", { name: "Further back" });
    await expect.poll(() => back.getAttribute("aria-disabled")).toBe("true");
    await touch("touchStart", [180, 300], [220, 300]);
    for (const apart of [25, 32, 40]) await touch("touchMove", [200 - apart, 300], [200 + apart, 300]);
    await touch("touchEnd");
    await expect.poll(() => back.getAttribute("aria-disabled")).toBe("false");
    // To pinch is to choose nothing.
    expect(new URL(page.url()).searchParams.get("region")).toBeNull();

    const before = await regionUnder([200, 320]);
    for (let drags = 0; drags < 3; drags++) {
      await touch("touchStart", [300, 320]);
      for (const x of [240, 160, 60]) await touch("touchMove", [x, 320]);
      await touch("touchEnd");
    }
    expect(await regionUnder([200, 320])).not.toBe(before);

    for (let presses = 0; presses < 6 && (await back.isEnabled()); presses++) await back.click();
    expect(await back.isEnabled()).toBe(false);
    await page.getByRole("button", { name: "Nearer" }).click();
    await expect.poll(() => back.getAttribute("aria-disabled")).toBe("false");
  });

  it("shows every room, the whole date and the hours of the day, and nothing beyond the edge", async () => {
    const shown = async (
      name: string,
      box: { x: number; y: number; width: number; height: number } | null,
    ) => {
      expect(box, name).not.toBeNull();
      expect(box?.x, name).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0), name).toBeLessThanOrEqual(SIZE.width);
      expect((box?.y ?? 0) + (box?.height ?? 0), name).toBeLessThanOrEqual(SIZE.height);
      expect(box?.height, name).toBeGreaterThan(16);
    };
    const rail = page.getByRole("navigation", { name: "Rooms" });
    for (const room of roomsFor({ isAdmin: true }))
      await shown(room, await rail.getByRole("link", { name: capital(room), exact: true }).boundingBox());
    await shown("hours", await page.getByRole("slider", { name: /Hours of the day/ }).boundingBox());
    const date = page.locator(".bar .date");
    await shown("date", await date.boundingBox());
    const clipped = await date.evaluate((box) => {
      const bar = box.parentElement as HTMLElement;
      return box.scrollWidth > box.clientWidth || bar.scrollHeight > bar.clientHeight + 1;
    });
    expect(clipped).toBe(false);
    await rail.getByRole("link", { name: "Webhooks" }).click();
    await page.getByRole("heading", { name: "Webhooks" }).waitFor();
  });
});
