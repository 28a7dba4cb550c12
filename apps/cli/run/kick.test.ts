import { ByeReason, EdgeService } from "@orrery/schema/router/v1";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type EdgeClient, openEdgeClient } from "./edge-client.testing.ts";
import { type Door, type SmallWorld, startSmallWorld, WORLD } from "./small-world.testing.ts";

let world: SmallWorld;
let door: Door;
let client: EdgeClient;

beforeEach(async () => {
  world = await startSmallWorld();
  door = await world.openDoor();
  client = openEdgeClient(door.url, { token: await door.token(), worldId: WORLD });
  await vi.waitFor(() => expect(client.all("welcome")).toHaveLength(1), { timeout: 5_000 });
});
afterEach(async () => {
  client.close();
  await world.stop();
});

const edge = () => door.host.directory.client(EdgeService, { role: "admin", id: "ada", scopes: [] });
const kick = (sessionId: string, note: string) =>
  edge().kick({ sessionId, note, idempotencyKey: crypto.randomUUID() });
const sessions = async () => (await edge().listSessions({})).sessions;

it("whoever is kicked hears why, for good, and is listed no more", async () => {
  const [own] = await sessions();
  expect(own).toMatchObject({ worldId: WORLD, deviceId: "d" });
  expect(await kick(own?.sessionId ?? "", "The tavern is closed")).toMatchObject({ kicked: true });
  await vi.waitFor(() => expect(client.closed).toBe(4012));
  expect(client.all("bye")).toMatchObject([{ reason: ByeReason.KICKED, message: "The tavern is closed" }]);
  expect(await sessions()).toEqual([]);
});

it("whoever is kicked without a word is still told who it was", async () => {
  const [own] = await sessions();
  await kick(own?.sessionId ?? "", "");
  await vi.waitFor(() => expect(client.all("bye")).toHaveLength(1));
  expect(client.all("bye")[0]?.message).toBe("An operator ended the connection");
});

it("a session that is not there is kicked by nobody, and nobody else in its place", async () => {
  expect(await kick("session-of-nobody", "")).toMatchObject({ kicked: false });
  expect(client.closed).toBeUndefined();
  expect(await sessions()).toHaveLength(1);
});
