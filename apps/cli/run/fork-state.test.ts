import { WorldService } from "@orrery/schema/bus/v1";
import { StateService } from "@orrery/schema/state/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startWorldInMemory } from "./world.testing.ts";

let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory("vale", 60);
});
afterAll(() => host.stop());

it("a fork of a world has its objects as they were, and each goes its own way", async () => {
  const state = host.directory.client(StateService, { role: "service", id: "test", scopes: [] });
  const worlds = host.directory.client(WorldService, { role: "admin", id: "test", scopes: [] });
  const id = { collection: "progress", owner: "player:ada", key: "main" };
  const write = (worldId: string, json: string) =>
    state.write({
      worldId,
      operations: [
        { id, act: { case: "put", value: { content: { content: { case: "json", value: json } } } } },
      ],
    });
  const read = async (worldId: string) =>
    (await state.get({ worldId, id, asJson: true }).catch(() => undefined))?.object?.json;
  await write("vale", '"before"');
  // The journal hears of it a moment after the commit.
  await vi.waitUntil(
    async () => {
      const { worlds: known } = {
        worlds: await worlds
          .fork({ worldId: "vale", newWorldId: "probe", idempotencyKey: "probe-probe" })
          .catch(() => undefined),
      };
      return known !== undefined;
    },
    { timeout: 10_000, interval: 500 },
  );
  await write("vale", '"after"');
  await vi.waitUntil(async () => (await read("probe")) !== undefined, { timeout: 10_000 });
  await vi.waitUntil(async () => (await read("probe")) === '"before"', { timeout: 10_000 });
  await write("probe", '"mine"');
  expect([await read("vale"), await read("probe")]).toEqual(['"after"', '"mine"']);
});
