import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EndpointState } from "@orrery/schema/bus/v1";
import { openStore } from "@orrery/service";
import { expect, it } from "vitest";
import eventBus from "../service.ts";
import { pauseRestored } from "./restored.ts";
import type { WebhookTables } from "./tables.ts";

it("the endpoints of a restored copy are paused at its first start, and stay as they are set after that", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orrery-restored-"));
  const { migrations } = eventBus;
  const store = await openStore({ service: "event-bus", url: ":memory:", migrations });
  const db = store.as<WebhookTables>();
  const row = {
    spec: new Uint8Array(),
    reason: "",
    cursor: 0,
    secret: new Uint8Array(),
    old_secret: null,
    old_until_ms: 0,
    failing_since_ms: 0,
    allowed_per_min: 0,
  };
  const states = async () =>
    (await db.selectFrom("endpoint").select("state").orderBy("id").execute()).map(({ state }) => state);
  await db
    .insertInto("endpoint")
    .values([
      { ...row, id: "a", state: EndpointState.ACTIVE },
      { ...row, id: "b", state: EndpointState.UNVERIFIED },
    ])
    .execute();
  expect(await pauseRestored({ folder, store })).toBe(0);
  writeFileSync(join(folder, "restored"), "");
  expect(await pauseRestored({ folder, store })).toBe(1);
  expect(await states()).toEqual([EndpointState.PAUSED, EndpointState.UNVERIFIED]);
  await db.updateTable("endpoint").set({ state: EndpointState.ACTIVE }).where("id", "=", "a").execute();
  expect(await pauseRestored({ folder, store })).toBe(0);
  expect(await states()).toEqual([EndpointState.ACTIVE, EndpointState.UNVERIFIED]);
  await store.close();
  rmSync(folder, { recursive: true });
});
