import { JournalService, WorldService } from "@orrery/schema/bus/v1";
import { StateService } from "@orrery/schema/state/v1";
import type { Host } from "@orrery/service";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startWorldInMemory } from "./world.testing.ts";

const admin = { role: "admin", id: "test", scopes: [] } as const;
let host: Host;
beforeAll(async () => {
  host = await startWorldInMemory("vale", 60);
});
afterAll(() => host.stop());

it("a fork of a world has its objects as they were, and each goes its own way", async () => {
  const state = host.directory.client(StateService, { role: "service", id: "test", scopes: [] });
  const worlds = host.directory.client(WorldService, admin);
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
  const known = () =>
    write("vale", '"before"').then(
      () => true,
      () => false,
    );
  await vi.waitUntil(known, { timeout: 10_000 });
  // The journal hears of it a moment after the commit: a fork made of what it has.
  const fork = { worldId: "vale", newWorldId: "fork", idempotencyKey: "fork-of-vale" };
  const heard = () =>
    host.directory.client(JournalService, admin).query({ worldId: "vale", filter: { types: ["state.*"] } });
  await vi.waitUntil(async () => (await heard()).events.length > 0, { timeout: 10_000 });
  await worlds.fork(fork);
  await write("vale", '"after"');
  await vi.waitUntil(async () => (await read("fork")) === '"before"', { timeout: 10_000 });
  await write("fork", '"mine"');
  expect([await read("vale"), await read("fork")]).toEqual(['"after"', '"mine"']);
});
