import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, playerEntity, type World } from "@orrery/client";
import { WorldService } from "@orrery/schema/world/v1";
import { DeathCause, GiftAnswered, NpcService } from "@orrery/schema/npc/v1";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startInstance } from "../run/instance.ts";
import { ACTS, type Playing } from "./acts.ts";
import { esteemHere } from "./esteem.ts";
import { guestIn } from "./guest.ts";
import { listen } from "./hear.ts";
import { landOf, whereabouts } from "./surroundings.ts";

const SOON = { timeout: 20_000, interval: 100 };
let root: string;
let instance: Awaited<ReturnType<typeof startInstance>>;
let world: World;
let playing: Playing;
let said: string[];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "orrery-play-"));
  const worlds = [{ id: "vale", pack: "hollowmere", seed: "s", rate: 600 }];
  instance = await startInstance({
    ...{ data: root, port: 0, worlds, databaseUrl: undefined, consoleFolder: "", logLevel: "silent" },
  });
  world = await connect({ url: instance.host.url ?? "", world: "vale", guest: guestIn(root) });
  const land = (await landOf(world))!;
  said = [];
  playing = { world, land, topics: [{ id: "good:grain", name: "grain" }], say: (text) => said.push(text) };
}, 60_000);
afterAll(async () => {
  world?.close();
  await instance?.stop();
  rmSync(root, { recursive: true, force: true });
});
/** The edge lets a guest ask so often and no more: what it refuses is asked again. */
const patiently = <T>(ask: () => Promise<T>) => vi.waitFor(ask, { timeout: 20_000, interval: 500 });
const placeOf = async () => (await whereabouts(world))?.placeId;

describe("a guest's first walk", () => {
  it("begins at the gate, where one sees what is near", async () => {
    await world.rpc(WorldService).travel({ worldId: "vale", idempotencyKey: randomUUID() });
    await vi.waitUntil(async () => (await placeOf()) !== undefined, SOON);
    expect(await placeOf()).toBe("place:hollowmarket");
    await ACTS["look"]!(playing, "");
    expect(said[0]).toMatch(/^You are at Hollowmarket, in Market Vale\. It is \d\d:\d\d\.$/);
    expect(said.join("\n")).toMatch(/Near: .*the Weighhouse/);
  });

  it("leads to where somebody is, who answers and has an opinion from then on", async () => {
    const awake = await vi.waitUntil(
      async () => {
        const asked = { worldId: "vale", regionId: "region:market-vale", pageSize: 500 };
        const { npcs } = await world.rpc(NpcService).listNpcs(asked);
        return npcs.find(({ placeId, activityId }) => placeId !== "" && activityId !== "activity:sleep");
      },
      { ...SOON, interval: 1_000 },
    );
    await ACTS["go"]!(playing, awake!.placeId);
    await vi.waitUntil(async () => (await placeOf()) === awake!.placeId, { ...SOON, interval: 500 });
    said.splice(0);
    await ACTS["help"]!(playing, awake!.name).catch((error: unknown) => said.push(String(error)));
    // They may have left meanwhile: that is said, too.
    expect(said.join("\n")).toMatch(/is warm to you|nobody here by the name|NPC_/);
  });

  it("sees a bell, and rings it: it is heard as done, and a second time at once is refused", async () => {
    await ACTS["go"]!(playing, "place:hollowmarket-chapel");
    await vi.waitUntil(async () => (await placeOf()) === "place:hollowmarket-chapel", {
      ...SOON,
      interval: 500,
    });
    said.splice(0);
    await patiently(() => ACTS["look"]!(playing, ""));
    expect(said.join("\n")).toMatch(/the Market Bell: It hangs .* \(ring\)/);
    expect(said.join("\n")).toMatch(/a chapel candle, 24 of it: .* \(take, put\)/);
    said.splice(0);
    await patiently(() => ACTS["ring"]!(playing, "bell"));
    await patiently(() => ACTS["take"]!(playing, "candle"));
    const refused = async () => {
      const error = await ACTS["open"]!(playing, "bell").catch((why: unknown) => String(why));
      if (String(error).includes("ROUTER_RATE_LIMITED")) throw new Error(String(error));
      said.push(String(error));
    };
    await patiently(refused);
    await patiently(() => ACTS["ring"]!(playing, "constructor"));
    expect(said.slice(0, 3)).toEqual([
      "You ring the Market Bell.",
      "You take a chapel candle.",
      "(You have 1.)",
    ]);
    expect(said[3]).toMatch(/WORLD_ACT_REFUSED.*does not know open/);
    expect(said[4]).toBe('There is no "constructor" here.');
  });

  it("has something in the bag to give, which somebody takes within a minute, or the bag is as before", async () => {
    said.splice(0);
    await patiently(() => ACTS["bag"]!(playing, ""));
    expect(said.join("\n")).toMatch(/2 bushel of grain/);
    await patiently(() => ACTS["give"]!(playing, "grain to toString"));
    expect(said.at(-1)).toBe('There is nobody here by the name of "toString".');
    const { regionId, placeId } = (await patiently(() => whereabouts(world)))!;
    const { npcs } = await patiently(() =>
      world.rpc(NpcService).listNpcs({ worldId: "vale", regionId, pageSize: 500 }),
    );
    const looked = world.subscribe({ regions: [regionId] });
    await looked.snapshot;
    const npcId = (npcs.find((npc) => npc.placeId === placeId) ?? npcs[0])!.npcId;
    const asked = { worldId: "vale", idempotencyKey: randomUUID(), npcId, goodId: "good:grain", quantity: 1 };
    await patiently(() => world.rpc(WorldService).give(asked));
    let taken: boolean | undefined;
    for await (const event of looked) {
      taken = event.as(GiftAnswered)?.taken;
      if (taken !== undefined) break;
    }
    looked.close();
    const left = async () =>
      (await world.rpc(WorldService).getHolding({ worldId: "vale" })).goods.find(
        ({ goodId }) => goodId === "good:grain",
      )?.quantity;
    await patiently(async () => expect(await left()).toBe(taken ? 1 : 2));
  });

  it("sees whose land it is once they think ill of the guest, and hears of it", async () => {
    const admin = { role: "admin", id: "test", scopes: [] } as const;
    const people = instance.host.directory.client(NpcService, admin);
    const topics = [{ id: "faction:weighhouse", name: "the Weighhouse" }];
    const { regionId } = (await patiently(() => whereabouts(world)))!;
    expect(await patiently(() => esteemHere({ world, topics }, regionId))).toBe("");
    const heard: string[] = [];
    const ears = listen(world, { land: playing.land, topics }, { regionId, placeId: "" }, (text) =>
      heard.push(text),
    );
    const { npcs } = await people.listNpcs({ worldId: "vale", regionId, pageSize: 500 });
    for (const { npcId } of npcs.slice(0, 2))
      await people.kill({
        ...{ worldId: "vale", npcId, killerId: playerEntity(world), cause: DeathCause.VIOLENCE },
        idempotencyKey: randomUUID(),
      });
    const says = "you are an enemy there, and no market of theirs sells you anything";
    await vi.waitUntil(() => heard.includes(`(With the Weighhouse: ${says}.)`), SOON);
    ears.close();
    await patiently(() => {
      // What is asked again is said again.
      said.splice(0);
      return ACTS["look"]!({ ...playing, topics }, "");
    });
    expect(said[1]).toBe(`The land is with the Weighhouse: ${says}.`);
  });

  it("says of what there is not that there is not", async () => {
    said.splice(0);
    await patiently(() => ACTS["go"]!(playing, "constructor"));
    await patiently(() => ACTS["talk"]!(playing, "toString"));
    expect(said).toEqual([
      'Nobody here knows where "constructor" is.',
      'There is nobody here by the name of "toString".',
    ]);
  });
});
