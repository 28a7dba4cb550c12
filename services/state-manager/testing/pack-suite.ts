import {
  type CollectionRuleInit,
  CollectionRead,
  CollectionScope,
  CollectionWrite,
} from "@orrery/schema/world/v1";
import { errorCodeOf } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StateTables } from "../tables.ts";
import { forkAt, kitOf } from "./forks.ts";
import { del, idOf, increment, put } from "./operations.ts";
import { startState, type TestState } from "./state.ts";

const rule = (name: string, given: CollectionRuleInit = {}): CollectionRuleInit => ({
  name,
  scope: CollectionScope.WORLD,
  value: "json",
  maxBytes: 1_000,
  read: CollectionRead.OWNER,
  write: CollectionWrite.OWNER,
  historyVersions: 100,
  historyDays: 30,
  ...given,
});
const packOf = (...rules: CollectionRuleInit[]) => ({ id: "vale", collections: rules });
const number = JSON.stringify({ type: "object", properties: { n: { type: "integer" } }, required: ["n"] });
const none = JSON.stringify({ type: "string" });
const small = JSON.stringify({
  type: "object",
  properties: { n: { type: "integer", maximum: 5 } },
  required: ["n"],
});

export function packSuite(name: string, url: () => Promise<string>): void {
  describe(`collections of a pack on ${name}`, () => {
    let state: TestState;
    let worlds = 0;
    beforeAll(async () => {
      state = await startState(await url());
    });
    afterAll(() => state.stop());

    /** A world of its own, whose pack has these. */
    async function worldWith(...rules: CollectionRuleInit[]) {
      const world = `pack-${++worlds}`;
      await state.createWorld(world, packOf(...rules));
      const client = state.client();
      return {
        world,
        write: (collection: string, key: string, act: ReturnType<typeof put>, owner = "player:ada") =>
          client.write({ worldId: world, operations: [{ id: idOf(collection, owner, key), ...act }] }),
        read: async (collection: string, key: string, owner = "player:ada") =>
          (await client.get({ worldId: world, id: idOf(collection, owner, key), asJson: true })).object?.json,
        found: async (collection: string, path: string) =>
          (await client.query({ worldId: world, collection, path, asJson: true })).objects.map(
            ({ json }) => json,
          ),
        revise: (revision: number, ...next: CollectionRuleInit[]) =>
          state.revise(world, revision, packOf(...next)),
        check: async (...next: CollectionRuleInit[]) =>
          (await client.checkCollections({ worldId: world, ...{ packId: "vale", collections: next } }))
            .refusals,
      };
    }
    const codeOf = (call: Promise<unknown>) => call.then(() => undefined, errorCodeOf);

    it("keep what they say: values, limits, who reads and writes", async () => {
      const { world, write } = await worldWith(
        rule("pins", { schema: number, maxPerOwner: 2, indexes: ["/n"] }),
        rule("signs", { read: CollectionRead.PUBLIC, write: CollectionWrite.NOBODY, maxBytes: 20 }),
        rule("drafts", { value: "state.v1.Slot" }),
      );
      expect(await codeOf(write("pins", "a", put('{"n":"x"}')))).toBe("STATE_SCHEMA");
      await write("pins", "a", put('{"n":1}'));
      await write("pins", "b", put('{"n":2}'));
      expect(await codeOf(write("pins", "c", put('{"n":3}')))).toBe("STATE_QUOTA");
      expect(await codeOf(write("signs", "a", put(`"${"x".repeat(30)}"`)))).toBe("STATE_TOO_LARGE");
      expect(await codeOf(write("drafts", "a", put("1")))).toBe("STATE_SCHEMA");
      await write("signs", "a", put('"here"'));
      const bob = state.player("player:bob");
      const get = (collection: string) =>
        bob.get({ worldId: world, id: idOf(collection, "player:ada", "a"), asJson: true });
      expect((await get("signs")).object?.json).toBe('"here"');
      expect((await get("pins")).object?.absent ?? true).toBe(true);
      const ada = state.player("player:ada");
      const own = { worldId: world, operations: [{ id: idOf("signs", "", "a"), ...put("1") }] };
      expect(await codeOf(ada.write(own))).toBe("STATE_FORBIDDEN");
      const { collections: known } = await state.client().getCollections({ worldId: world });
      expect(known.find((own) => own.name === "pins")).toMatchObject({
        packId: "vale",
        maxPerOwner: 2,
        schema: number,
        indexes: ["/n"],
        objects: 2,
      });
    });

    it("are there at once when an edit adds them, and lower limits only stop growth", async () => {
      const { write, read, revise } = await worldWith(rule("notes", { maxBytes: 100 }));
      expect(await codeOf(write("later", "a", put("1")))).toBe("STATE_UNKNOWN_COLLECTION");
      await write("notes", "a", put(`"${"x".repeat(50)}"`));
      await write("notes", "b", put("1"));
      expect(await revise(1, rule("notes", { maxBytes: 20, maxPerOwner: 1 }), rule("later"))).toEqual([]);
      await write("later", "a", put("1"));
      expect(await read("notes", "a")).toContain("xxx");
      expect(await codeOf(write("notes", "a", put(`"${"x".repeat(60)}"`)))).toBe("STATE_TOO_LARGE");
      await write("notes", "a", put(`"${"x".repeat(40)}"`));
      expect(await codeOf(write("notes", "c", put("1")))).toBe("STATE_QUOTA");
      await write("notes", "b", put("2"));
    });

    it("stay as they were where an edit does not fit what is held, and the refusal says why", async () => {
      const { world, write, read, revise, check } = await worldWith(
        rule("stakes", { schema: number }),
        rule("gone"),
      );
      await write("stakes", "a", put('{"n":9}'));
      await write("gone", "a", put("1"));
      const cases: [CollectionRuleInit[], Record<string, string>][] = [
        [
          [rule("stakes", { schema: small }), rule("gone")],
          { collection: "stakes", field: "schema", code: "STATE_COLLECTION_HELD" },
        ],
        [
          [rule("stakes", { value: "state.v1.Slot" }), rule("gone")],
          { collection: "stakes", field: "value", code: "STATE_COLLECTION_HELD" },
        ],
        [
          [rule("stakes", { scope: CollectionScope.PLATFORM, schema: number }), rule("gone")],
          { collection: "stakes", field: "scope", code: "STATE_COLLECTION_HELD" },
        ],
        [
          [rule("stakes", { schema: number })],
          { collection: "gone", field: "", code: "STATE_COLLECTION_HELD" },
        ],
        [
          [rule("stakes", { schema: number }), rule("gone"), rule("progress")],
          { collection: "progress", field: "name", code: "STATE_COLLECTION_TAKEN" },
        ],
        [
          [rule("stakes", { schema: '{"type":7}' }), rule("gone")],
          { collection: "stakes", field: "schema", code: "STATE_COLLECTIONS_INVALID" },
        ],
      ];
      let revision = 0;
      for (const [next, expected] of cases) {
        const rules = [...next, rule("extra")];
        expect(await check(...rules)).toMatchObject([expected]);
        const refusals = await revise(++revision, ...rules);
        expect(refusals).toMatchObject([expected]);
        expect(refusals[0]?.todo).not.toBe("");
        expect(await codeOf(write("extra", "a", put("1")))).toBe("STATE_UNKNOWN_COLLECTION");
        await write("stakes", "b", put('{"n":10}'));
      }
      const told = await state.client().getCollections({ worldId: world });
      expect([told.packRevision, told.refusals.length]).toEqual([0, 1]);
      const notice = state.host
        .running()[0]
        ?.health.report()
        .checks.find((own) => own.name === "collections");
      expect(notice?.problem).toContain(world);

      await write("stakes", "a", put('{"n":1}'));
      await write("stakes", "b", del());
      await write("gone", "a", del());
      expect(await revise(++revision, rule("stakes", { schema: small }))).toEqual([]);
      expect(await codeOf(write("gone", "a", put("1")))).toBe("STATE_UNKNOWN_COLLECTION");
      expect(await codeOf(write("stakes", "a", increment("/n", 7)))).toBe("STATE_SCHEMA");
      expect(await read("stakes", "a")).toBe('{"n":1}');
      expect((await state.client().getCollections({ worldId: world })).refusals).toEqual([]);
    });

    it("are indexed anew while others write, and found by each path they name", async () => {
      const { write, found, revise } = await worldWith(rule("marks", { indexes: ["/n"] }));
      for (let n = 0; n < 30; n++) await write("marks", `k${n}`, put(`{"n":${n},"m":${100 - n}}`));
      const writing = (async () => {
        for (let n = 30; n < 60; n++) {
          await write("marks", `k${n}`, put(`{"n":${n},"m":${100 - n}}`));
          await write("marks", `k${n - 30}`, n % 3 === 0 ? del() : increment("/m", 200));
        }
      })();
      expect(await revise(1, rule("marks", { indexes: ["/m", "/n"] }))).toEqual([]);
      await writing;
      const values = (await found("marks", "/n")).map((json) => JSON.parse(json) as { n: number; m: number });
      expect(values).toHaveLength(50);
      const byM = (await found("marks", "/m")).map((json) => JSON.parse(json) as { n: number; m: number });
      expect(byM).toEqual(values.toSorted((a, b) => a.m - b.m));
      expect(await revise(2, rule("marks", { indexes: ["/m"] }))).toEqual([]);
      expect(await codeOf(found("marks", "/n"))).toBe("RPC_FIELD_INVALID");
      expect(await revise(3, rule("marks", { indexes: ["/m", "/n"] }))).toEqual([]);
      expect(await found("marks", "/n")).toEqual(values.map((own) => JSON.stringify(own)));
    });

    it("take no object away with a slot from before they were saved, nor stop it when they no longer are", async () => {
      const { world, write, read, revise } = await worldWith(rule("plain"), rule("saved", { synced: true }));
      const ada = state.player("player:ada");
      await write("plain", "a", put("1"));
      await write("saved", "a", put("1"));
      await write("progress", "a", put("1"));
      await ada.saveSlot({ worldId: world, name: "early", idempotencyKey: `early-${world}` });
      for (const own of ["plain", "saved", "progress"]) await write(own, "a", put("2"));
      expect(await revise(1, rule("plain", { synced: true }), rule("saved"))).toEqual([]);
      await ada.loadSlot({ worldId: world, name: "early", idempotencyKey: `load-${world}` });
      expect([await read("plain", "a"), await read("saved", "a"), await read("progress", "a")]).toEqual([
        "2",
        "2",
        "1",
      ]);
    });

    it("of the platform are one for all worlds of a pack, and another pack's name is refused", async () => {
      const shared = rule("badges", { scope: CollectionScope.PLATFORM, maxBytes: 50 });
      const one = await worldWith(shared);
      const two = await worldWith(shared);
      await one.write("badges", "a", put('"gold"'));
      expect(await two.read("badges", "a")).toBe('"gold"');
      expect(await one.revise(1, { ...shared, maxBytes: 3 })).toEqual([]);
      expect(await codeOf(two.write("badges", "b", put('"silver"')))).toBe("STATE_TOO_LARGE");
      await state.createWorld("other-pack", { id: "other" });
      expect(
        await state.revise("other-pack", 1, { id: "other", collections: [rule("badges")] }),
      ).toMatchObject([{ collection: "badges", field: "name", code: "STATE_COLLECTION_TAKEN" }]);
      expect(await one.revise(2)).toEqual([]);
      expect(await two.read("badges", "a")).toBe('"gold"');
      expect(await two.revise(1)).toMatchObject([{ collection: "badges", code: "STATE_COLLECTION_HELD" }]);
      await two.write("badges", "a", del());
      expect(await two.revise(2)).toEqual([]);
    });

    it("are known again after a restart, and go with a fork", async () => {
      const address = await url();
      let own = await startState(address);
      await own.createWorld("v", packOf(rule("pins", { schema: number, indexes: ["/n"] })));
      expect(
        await own.revise("v", 1, packOf(rule("pins", { schema: number, indexes: ["/m", "/n"] }))),
      ).toEqual([]);
      const write = (worldId: string) =>
        own
          .client()
          .write({ worldId, operations: [{ id: idOf("pins", "player:ada", "a"), ...put('{"n":1}') }] });
      if (address !== ":memory:") {
        await own.stop();
        own = await startState(address);
      }
      await write("v");
      const { seq } = (await kitOf(own)
        .store.as<StateTables>()
        .selectFrom("head")
        .select("seq")
        .executeTakeFirst()) ?? { seq: 0 };
      expect(seq).toBe(1);
      await forkAt(own, "v", "f");
      const { objects: found } = await own
        .client()
        .query({ worldId: "f", collection: "pins", path: "/n", asJson: true });
      expect(found.map(({ json }) => json)).toEqual(['{"n":1}']);
      await own.stop();
    });

    it("go different ways in a fork and its parent, each with what it sees", async () => {
      const own = await startState(await url());
      const pins = (given: CollectionRuleInit) => packOf(rule("pins", given));
      await own.createWorld("p", pins({ indexes: ["/n"] }));
      const write = (worldId: string, key: string, json: string) =>
        own.client().write({ worldId, operations: [{ id: idOf("pins", "player:ada", key), ...put(json) }] });
      const found = async (worldId: string, path: string) =>
        (await own.client().query({ worldId, collection: "pins", path, asJson: true })).objects.map(
          ({ id, json }) => `${id?.key} ${json}`,
        );
      for (let n = 0; n < 4; n++) await write("p", `k${n}`, `{"n":${n},"m":${9 - n}}`);
      await forkAt(own, "p", "c");
      await forkAt(own, "c", "d");
      await forkAt(own, "p", "e");
      const before = await found("p", "/n");

      // The parent gives up an index that its forks still ask for, and takes another in its place.
      expect(await own.revise("p", 1, pins({}))).toEqual([]);
      expect(await found("e", "/n")).toEqual(before);
      expect(await own.revise("p", 2, pins({ indexes: ["/m"] }))).toEqual([]);
      await write("p", "k0", '{"n":50,"m":50}');
      for (const world of ["c", "d", "e"]) expect(await found(world, "/n"), world).toEqual(before);
      expect((await found("p", "/m")).at(-1)).toBe('k0 {"m":50,"n":50}');

      // A fork takes up an index of its own; what the parent writes from then on is nothing to it.
      expect(await own.revise("c", 3, pins({ indexes: ["/n", "/m"] }))).toEqual([]);
      await write("p", "k1", '{"n":60,"m":60}');
      expect(await found("c", "/m")).toEqual(before.toReversed());
      expect(await found("d", "/n")).toEqual(before);
      expect((await own.client().getQuota({ worldId: "c", owner: "player:ada" })).objects).toBe(16);

      // What a fork sees with its parent must fit as well, and is held.
      const refusals = await own.revise("e", 4, pins({ schema: small, indexes: ["/n"] }));
      expect(refusals).toEqual([]);
      await write("e", "k3", '{"n":3}');
      expect(await own.revise("e", 5, packOf())).toMatchObject([{ code: "STATE_COLLECTION_HELD" }]);
      expect(await own.revise("d", 6, pins({ schema: none, indexes: ["/n"] }))).toMatchObject([
        { code: "STATE_COLLECTION_HELD" },
      ]);
      await own.stop();
    });
  });
}
