import { randomUUID } from "node:crypto";
import {
  PackPart,
  PackRevised,
  type PackSectionInit,
  WorldArchived,
  WorldCreated,
  WorldService,
} from "@orrery/schema/world/v1";
import { packParts, sectionsOf } from "@orrery/service";
import { type TestServices, testServices } from "@orrery/simulation/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realm } from "../realm/aggregate.ts";
import { hollowmere } from "../realm/valley.testing.ts";
import service from "../service.ts";

let services: TestServices;
beforeEach(async () => {
  services = await testServices([service]);
});
afterEach(() => services.stop());

const admin = { role: "admin", id: "ada", scopes: [] } as const;
const bus = { role: "service", id: "event-bus", scopes: [] } as const;
const records = (caller: typeof admin | typeof bus = admin) =>
  services.host.directory.client(WorldService, caller);
const terms = { seed: "one", rate: 60, atGs: 0, epochMs: 1_000, packId: "hollowmere", packDigest: "d0" };
/** All but these sections, which are only named. @param name of a land that no other test has: what a process holds it need not read */
async function put(except: readonly string[] = [], name = ""): Promise<PackSectionInit[]> {
  const named: { section: string; digest: string; parts: number }[] = [];
  const pack = await hollowmere();
  const [region] = pack.land?.regions ?? [];
  if (region !== undefined && name !== "") region.name = name;
  for (const { section, digest, bytes } of sectionsOf(pack)) {
    const parts = packParts(bytes);
    named.push({ section, digest, parts: parts.length });
    if (except.includes(section)) continue;
    for (const [index, part] of parts.entries())
      await records().putPackPart({ part: { digest, section, index, parts: parts.length, bytes: part } });
  }
  return named;
}
const make = async (worldId: string, over: object = {}) =>
  records().createWorld({ ...terms, worldId, idempotencyKey: randomUUID(), sections: await put(), ...over });

describe("a world", () => {
  it("begins with its pack, in every service and over a restart", async () => {
    const made = await make("vale");
    expect(made).toMatchObject({ worldId: "vale", packId: "hollowmere", packDigest: "d0", packRevision: 0 });
    await services.pass();
    expect(services.said(WorldCreated)).toMatchObject([{ worldId: "vale", seed: "one", rate: 60 }]);
    expect(services.state(realm, "vale").markets.size).toBeGreaterThan(0);
    await services.restart({ killed: true });
    expect(await records().getWorldRecord({ worldId: "vale" })).toEqual(made);
    expect(services.said(WorldCreated)).toHaveLength(1);
  });

  it("is made once by who asks again, also twice at once; another one of its id is refused", async () => {
    const asked = { ...terms, worldId: "vale", idempotencyKey: "key-of-vale", sections: await put() };
    const both = await Promise.all([records().createWorld(asked), records().createWorld(asked)]);
    expect(both[1]).toEqual(both[0]);
    expect(await records().createWorld(asked)).toEqual(both[0]);
    await expect(records().createWorld({ ...asked, seed: "two" })).rejects.toThrow(/RPC_IDEMPOTENCY_REUSED/);
    await expect(make("vale")).rejects.toThrow(/WORLD_EXISTS.*vale/);
    await services.pass();
    expect(services.said(WorldCreated)).toHaveLength(1);
  });

  it.each([
    ["Vale", {}, /WORLD_ID/],
    ["platform", {}, /WORLD_ID/],
    ["", {}, /WORLD_ID/],
    ["vale", { rate: 0 }, /WORLD_TERMS/],
    ["vale", { rate: Number.NaN }, /WORLD_TERMS/],
    ["vale", { atGs: Number.POSITIVE_INFINITY }, /RPC_FIELD_INVALID.*at_gs/],
    ["vale", { seed: "" }, /WORLD_TERMS/],
    ["vale", { forkedFrom: { worldId: "fen" } }, /WORLD_TERMS.*a fork/],
    ["vale", { idempotencyKey: "short" }, /RPC_IDEMPOTENCY_KEY/],
  ])("%j with %j is refused, and nothing is said of it", async (worldId, over, refusal) => {
    await expect(make(worldId, over)).rejects.toThrow(refusal);
    await services.pass();
    expect([services.said(WorldCreated), services.said(PackPart)]).toEqual([[], []]);
  });

  it("may have a name of any prototype's", async () => {
    await make("constructor");
    await services.pass();
    expect(services.state(realm, "constructor").markets.size).toBeGreaterThan(0);
  });

  it("of a pack that was not brought whole waits for nothing: it is refused, and made once it was", async () => {
    const sections = await put(["land"], "Unsaid");
    const asked = { ...terms, worldId: "vale", idempotencyKey: "key-of-vale", sections };
    await expect(records().createWorld(asked)).rejects.toThrow(/WORLD_PACK_UNSAID.*land/);
    await services.pass();
    expect(services.said(PackPart)).toEqual([]);
    await put([], "Unsaid");
    await records().createWorld(asked);
  });

  it("of a pack with a part that is not what its digest says is refused, and the part can be brought again", async () => {
    const sections = await put(["land"], "Torn");
    const { digest = "", parts = 0 } = sections.find(({ section }) => section === "land") ?? {};
    for (let index = 0; index < parts; index++) {
      const bytes = new Uint8Array([1, 2, 3]);
      await records().putPackPart({ part: { digest, section: "land", index, parts, bytes } });
    }
    const asked = { ...terms, worldId: "vale", idempotencyKey: "key-of-vale", sections };
    await expect(records().createWorld(asked)).rejects.toThrow(/WORLD_PACK_UNSAID.*land/);
    await put([], "Torn");
    expect(await records().createWorld(asked)).toMatchObject({ worldId: "vale" });
  });
});

it.each([
  ["no part", undefined],
  ["another digest", { digest: "land" }],
  ["beyond its number", { index: 7, parts: 7 }],
  ["empty", { bytes: new Uint8Array() }],
  ["too large", { bytes: new Uint8Array(131_073) }],
  ["of too many", { parts: 1_000 }],
])("%s is no part of a pack", async (_, over) => {
  const part = { digest: "a".repeat(64), section: "land", index: 0, parts: 1, bytes: new Uint8Array([1]) };
  await expect(
    records().putPackPart(over === undefined ? {} : { part: { ...part, ...over } }),
  ).rejects.toThrow(/WORLD_PACK_PART/);
});

describe("a revision", () => {
  const revise = async (over: object = {}) =>
    records().revisePack({
      ...{ worldId: "vale", packId: "hollowmere", idempotencyKey: randomUUID(), packDigest: "d1" },
      ...{ sections: await put() },
      ...over,
    });

  it("is told with its number, once, and tells again nothing of what did not change", async () => {
    await make("vale");
    await services.pass();
    const parts = services.said(PackPart).length;
    expect(await revise()).toMatchObject({ packRevision: 1, packDigest: "d1" });
    expect(await revise()).toMatchObject({ packRevision: 1 });
    expect(await revise({ packDigest: "d2" })).toMatchObject({ packRevision: 2 });
    await services.pass();
    expect(services.said(PackRevised).map(({ revision }) => revision)).toEqual([1, 2]);
    expect(services.said(PackPart)).toHaveLength(parts);
  });

  it("of two at once is one: the other is told to look again", async () => {
    await make("vale");
    const both = await Promise.allSettled([revise(), revise({ packDigest: "d2" })]);
    const refused = both.filter(({ status }) => status === "rejected");
    expect(refused.length).toBeLessThan(2);
    for (const one of refused)
      expect(String((one as PromiseRejectedResult).reason)).toMatch(/WORLD_VERSION_CONFLICT/);
    await services.pass();
    const told = services.said(PackRevised).map(({ revision }) => revision);
    expect(told).toEqual([1, 2].slice(0, 2 - refused.length));
  });

  it("of a world that was never made, or of what was not brought, is refused", async () => {
    await expect(revise()).rejects.toThrow(/WORLD_NO_RECORD.*vale/);
    await make("vale");
    const sections = [{ section: "land", digest: "b".repeat(64), parts: 1 }];
    await expect(revise({ sections })).rejects.toThrow(/WORLD_PACK_UNSAID/);
    await services.pass();
    expect(services.said(PackRevised)).toEqual([]);
  });
});

it("a fork's revisions count on from its parent's, and what did not change stays where the parent's journal has it", async () => {
  await make("vale");
  await services.pass();
  const [created] = services.said(WorldCreated);
  const sections = created?.sections.map((one) => ({ ...one, world: "vale" })) ?? [];
  const fork = { ...terms, worldId: "what-if", idempotencyKey: "key-of-fork", sections, packRevision: 3 };
  const forkedFrom = { worldId: "vale", position: 10, atGs: 60 };
  expect(await records(bus).createWorld({ ...fork, forkedFrom })).toMatchObject({ packRevision: 3 });
  const edited = await put([], "Edited");
  const asked = { worldId: "what-if", packId: "hollowmere", packDigest: "d1", sections: edited };
  await records().revisePack({ ...asked, idempotencyKey: randomUUID() });
  await services.pass();
  const [revised] = services.said(PackRevised);
  expect(revised?.revision).toBe(4);
  const where = (name: string) => revised?.sections.find(({ section }) => section === name);
  expect(where("calendar")).toMatchObject({ world: "vale", publisher: expect.stringMatching(/\/vale\//) });
  expect(where("land")).toMatchObject({ world: "", publisher: expect.stringMatching(/\/what-if\//) });
});

it("a fork is begun by who keeps journals, with the pack where its parent's journal has it; an end is said once", async () => {
  const made = await make("vale");
  await services.pass();
  const [created] = services.said(WorldCreated);
  const sections = created?.sections.map((one) => ({ ...one, world: "vale" })) ?? [];
  const fork = { ...terms, worldId: "what-if", idempotencyKey: "key-of-fork", sections };
  const forkedFrom = { worldId: "vale", position: 10, atGs: 60 };
  const parts = services.said(PackPart).length;
  for (let again = 0; again < 2; again++) await records(bus).createWorld({ ...fork, forkedFrom });
  for (let again = 0; again < 2; again++)
    await records(bus).endWorld({ worldId: "fen", idempotencyKey: "end-of-fen", endedMs: 5, atGs: 60 });
  await services.pass();
  expect(services.said(WorldCreated).map(({ worldId }) => worldId)).toEqual(["vale", "what-if"]);
  expect(services.said(PackPart)).toHaveLength(parts);
  expect(services.said(WorldArchived)).toMatchObject([{ worldId: "fen", atGs: 60, deleted: false }]);
  expect(made.sectionDigests).toEqual(sections.map(({ digest }) => digest));
});
