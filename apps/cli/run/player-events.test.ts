import { fingerprint } from "@orrery/schema/registry";
import { EdgeService, Resume } from "@orrery/schema/router/v1";
import { ContentService, Tier, TierChanged, TierReason } from "@orrery/schema/settings/v1";
import { serviceErrors } from "@orrery/service";
import { standIn } from "@orrery/simulation/testing";
import { OrreryError, PLATFORM } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EdgeClient, type HelloGiven, openEdgeClient } from "./edge-client.testing.ts";
import { loadService } from "./services.ts";
import { type Door, type SmallWorld, startSmallWorld, WORLD } from "./small-world.testing.ts";

let world: SmallWorld;
let clients: EdgeClient[];

beforeEach(async () => {
  world = await startSmallWorld();
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await world.stop();
});

async function join(door: Door, token: string, over: HelloGiven = {}): Promise<EdgeClient> {
  const client = openEdgeClient(door.url, { token, worldId: WORLD, ...over });
  clients.push(client);
  await vi.waitFor(() => expect(client.all("mark").length).toBeGreaterThan(0), { timeout: 5_000 });
  return client;
}

const playerOf = (client: EdgeClient) => client.all("welcome")[0]?.playerId ?? "";

/** Says something of a player that belongs to no world, as settings does. */
function teller() {
  const publisher = world.journal.surroundings.bus.publisher({
    ...{ source: "settings", world: PLATFORM, id: "settings-stands-in", fingerprint },
  });
  return async (playerId: string, revision: number) => {
    const change = { tier: Tier.PREMIUM, previous: Tier.FREE, reason: TierReason.ENTITLEMENT };
    await publisher.publish(TierChanged, { playerId, ...change, effectiveMs: 1, revision });
    await publisher.flush();
  };
}

describe("what is said to a player and belongs to no world", () => {
  it("reaches the player in whichever world they are, and nobody else", async () => {
    const door = await world.openDoor();
    const [ada, bo] = [await join(door, await door.token("a")), await join(door, await door.token("b"))];
    const tell = teller();
    await tell(playerOf(ada), 1);
    await vi.waitFor(() => expect(ada.live()).toEqual(["settings-stands-in.s/1"]));
    await tell(playerOf(bo), 2);
    await vi.waitFor(() => expect(bo.live()).toEqual(["settings-stands-in.s/2"]));
    expect(ada.live()).toHaveLength(1);
  });

  it("is not missed by who was away, also where the door began later", async () => {
    let door = await world.openDoor();
    const token = await door.token("a");
    const before = await join(door, token);
    const tell = teller();
    await tell(playerOf(before), 1);
    await vi.waitFor(() => expect(before.live()).toHaveLength(1));
    before.close();
    await tell(playerOf(before), 2);
    const resumed = await join(door, token, { cursor: before.cursor() });
    expect(resumed.all("welcome")[0]?.resume).toBe(Resume.GAPLESS);
    await vi.waitFor(() => expect(resumed.live()).toEqual(["settings-stands-in.s/2"]));

    await door.close();
    resumed.close();
    await tell(playerOf(before), 3);
    door = await world.openDoor();
    const after = await join(door, token, { cursor: resumed.cursor() });
    expect(after.all("welcome")[0]?.resume).toBe(Resume.GAPLESS);
    await vi.waitFor(() => expect(after.live()).toEqual(["settings-stands-in.s/3"]));
  });

  it("changes the tier of an open session", async () => {
    const door = await world.openDoor();
    const ada = await join(door, await door.token("a"));
    expect(ada.all("welcome")[0]?.tier).toBe("free");
    await teller()(playerOf(ada), 1);
    const edge = door.host.directory.client(EdgeService, { role: "admin", id: "t", scopes: [] });
    await vi.waitFor(async () =>
      expect((await edge.listSessions({})).sessions.map(({ tier }) => tier)).toEqual(["premium"]),
    );
  });
});

describe("a session", () => {
  it("has its content policy before anything is told to it, and who comes back within the linger goes on with it", async () => {
    const door = await world.openDoor({}, [await loadService("settings")]);
    const token = await door.token("a");
    const ada = await join(door, token);
    const { playerId = "", policyId = "", sessionId = "" } = ada.all("welcome")[0] ?? {};
    const content = door.host.directory.client(ContentService, { role: "admin", id: "t", scopes: [] });
    const open = async () => (await content.getPolicy({ playerId })).now;
    expect(await open()).toMatchObject([{ policyId, sessionId, worldId: WORLD }]);
    ada.close();
    const again = await join(door, token, { cursor: ada.cursor() });
    expect(again.all("welcome")[0]).toMatchObject({ policyId, tier: "free" });
    expect((await open()).map((policy) => policy.sessionId)).toEqual([sessionId]);
  });

  it("does not begin while settings is away, and those that are open go on", async () => {
    const away = { is: false };
    const door = await world.openDoor({}, [
      standIn("settings", ContentService, {
        openSession() {
          if (away.is) throw new OrreryError(serviceErrors.SERVICE_NOT_READY);
          return { policy: { policyId: "p" } };
        },
        closeSession: () => ({ closed: true }),
      }),
    ]);
    const [first, second] = [await door.token("a"), await door.token("b")];
    const ada = await join(door, first);
    expect(ada.all("welcome")[0]?.policyId).toBe("p");
    away.is = true;
    const refused = openEdgeClient(door.url, { token: second, worldId: WORLD });
    clients.push(refused);
    await vi.waitFor(() => expect(refused.closed).toBe(4010), { timeout: 5_000 });
    expect(refused.all("bye")[0]).toMatchObject({ code: "ROUTER_SETTINGS_AWAY", retryAfterMs: 1_000 });
    expect(refused.all("welcome")).toEqual([]);
    expect(ada.closed).toBeUndefined();
    away.is = false;
    await join(door, second);
  });
});
