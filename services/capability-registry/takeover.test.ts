import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InstanceState } from "@orrery/schema/capability/v1";
import { errorCodeOf } from "@orrery/service";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startCapability } from "./testing/capability.ts";
import { idOf, registration } from "./testing/registrations.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-takeover-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("is kept by one process at a time, and by the other when that is gone", async () => {
  const url = join(folder, "store.db");
  const first = await startCapability(url, "one");
  const second = await startCapability(url, "two");
  const codeOf = (promise: Promise<unknown>) => promise.then(() => "", errorCodeOf);
  const given = { sourceId: "p", instances: [registration(1)] };
  expect(await codeOf(second.tides.register(given))).toBe("SERVICE_NOT_READY");
  expect(await codeOf(second.features.listFeatures({}))).toBe("SERVICE_NOT_READY");
  await first.tides.register(given);
  const { revision } = await first.registry.listInstances({});
  await first.stop();

  await second.until(async () => (await codeOf(second.registry.listInstances({}))) === "");
  const found = await second.registry.listInstances({ filter: 'service = "tides"' });
  expect(found.instances).toMatchObject([
    { registration: { instanceId: idOf(1) }, state: InstanceState.READY, sourceId: "p" },
  ]);
  expect(found.revision).toBeGreaterThanOrEqual(revision);
  await second.until(async () => (await codeOf(second.features.listFeatures({}))) === "");
  await second.stop();
});
