import { errorCodeOf, openStore } from "@orrery/service";
import { describe, expect, it, vi } from "vitest";
import { prune } from "../keep/prune.ts";
import service from "../service.ts";
import { encodeValue } from "../value/message.ts";
import { sortKey } from "../write/sort-key.ts";
import { cutNow, forkAt, kitOf } from "./forks.ts";
import { del, idOf, put } from "./operations.ts";
import { startState } from "./state.ts";
import { storm } from "./storm.ts";
import { valueAt } from "../read/value-at.ts";
import { valuesAtSeq } from "../read/values-at-seq.ts";
import type { StateTables } from "../tables.ts";

const DAY_MS = 86_400_000;
const refused = (code: string) => (error: unknown) => errorCodeOf(error) === code;

export function forkSuite(name: string, url: () => Promise<string>): void {
  describe(`forks on ${name}`, () => {
    it("find many objects as they were just as one by one, through deletions and many versions", async () => {
      const state = await startState(await url());
      await storm(state.client(), { writers: 8, objects: 6, operations: 600, seed: 3 });
      const db = state.host.running()[0]?.kit.store.as<StateTables>();
      if (db === undefined) throw new Error("the service does not run");
      const rows = await db.selectFrom("object").selectAll().orderBy("id").execute();
      const ids = rows.map(({ id }) => id);
      const newest = Math.max(...rows.map(({ seq }) => seq));
      for (let seq = 0; seq <= newest; seq += 7) {
        const alone = new Map<number, unknown>();
        for (const id of ids) {
          const then = await valueAt(db, id, { seq });
          if (then !== undefined) alone.set(id, then);
        }
        expect(await valuesAtSeq(db, ids, seq)).toEqual(alone);
      }
      await state.stop();
    });

    it("begin with the objects as they were, and go their own way", async () => {
      const state = await startState(await url());
      const client = state.client();
      const id = (key: string) => idOf("progress", "player:ada", key);
      const write = (worldId: string, key: string, act: ReturnType<typeof put>) =>
        client.write({ worldId, operations: [{ id: id(key), ...act }] });
      await write("w", "a", put("1"));
      await write("w", "b", put("1"));
      await write("w", "a", put("2"));
      await client.write({
        worldId: "w",
        operations: [{ id: idOf("records", "player:ada", "run"), ...put('{"score":7}') }],
      });
      await client.grant({
        worldId: "w",
        owner: "player:ada",
        items: [{ itemId: "axe", count: 2 }],
        grantKey: `fork-${name}`,
      });
      await client.write({
        worldId: "w",
        operations: [{ id: idOf("profiles", "player:ada", "main"), ...put('"shared"') }],
      });
      const { changes } = await client.history({
        worldId: "w",
        id: idOf("inventory", "player:ada", "items"),
      });
      const { publisher = "", sequence = 0 } = changes[0]?.event ?? {};
      const cut = { publisher, sequence, atMs: state.host.surroundings.clock.now() };
      await write("w", "a", put("3"));
      await write("w", "b", del());
      await write("w", "c", put("1"));

      const incomplete = vi.fn();
      for (let times = 0; times < 2; times++) await forkAt(state, "w", "fork", cut, { incomplete });
      expect(incomplete).not.toHaveBeenCalled();

      const jsons = async (worldId: string) =>
        (await client.list({ worldId, collection: "progress", asJson: true })).objects.map(
          ({ id: own, json, version }) => [own?.key, json, version],
        );
      expect(await jsons("fork")).toEqual([
        ["a", "2", 2],
        ["b", "1", 1],
      ]);
      await write("fork", "a", put("20"));
      expect((await jsons("fork"))[0]).toEqual(["a", "20", 3]);
      expect(await jsons("w")).toEqual([
        ["a", "3", 3],
        ["c", "1", 1],
      ]);
      const { accounts } = await client.listInventory({ worldId: "fork", owner: "player:ada", full: true });
      expect(accounts.map(({ granted, held }) => [granted, held])).toEqual([[2, 2]]);
      const { objects: found } = await client.query({
        worldId: "fork",
        collection: "records",
        path: "/score",
        asJson: true,
      });
      expect(found.map(({ json }) => json)).toEqual(['{"score":7}']);
      const profile = await client.get({
        worldId: "fork",
        id: idOf("profiles", "player:ada", "main"),
        asJson: true,
      });
      expect(profile.object?.json).toBe('"shared"');
      await state.stop();
    });

    it("say how many objects they begin without, where history no longer reaches back", async () => {
      const state = await startState(await url());
      const client = state.client();
      const write = (key: string, json: string) =>
        client.write({
          worldId: "w",
          operations: [{ id: idOf("progress", "player:old", key), ...put(json) }],
        });
      for (const key of ["long", "kept"]) await write(key, "0");
      const { changes } = await client.history({
        worldId: "w",
        id: idOf("progress", "player:old", "kept"),
      });
      const { publisher = "", sequence = 0 } = changes[0]?.event ?? {};
      const cut = { publisher, sequence, atMs: state.host.surroundings.clock.now() };
      for (let n = 1; n <= 150; n++) await write("long", String(n));
      await write("new", "1");
      state.later(2 * DAY_MS);
      await kitOf(state).part(prune).sweep();

      const incomplete = vi.fn();
      await forkAt(state, "w", "fork", cut, { incomplete });
      const { objects: found } = await client.list({ worldId: "fork", collection: "progress" });
      expect(found.map(({ id }) => id?.key)).toEqual(["kept"]);
      expect(incomplete.mock.calls).toEqual([["progress", 1]]);
      await state.stop();
    });

    it("keep their place from page to page, whoever writes meanwhile", async () => {
      const state = await startState(await url());
      const client = state.client();
      const write = (worldId: string, key: string, act: ReturnType<typeof put>) =>
        client.write({ worldId, operations: [{ id: idOf("records", "player:ada", key), ...act }] });
      const keys = Array.from({ length: 12 }, (_, n) => `k${n + 10}`);
      for (const key of keys) await write("w", key, put('{"score":1}'));
      await write("w", "k10", put('{"score":2}'));
      await forkAt(state, "w", "fork");
      for (const ask of ["list", "query"] as const) {
        const found: string[] = [];
        for (let pageToken = ""; ; ) {
          const asked = { worldId: "fork", collection: "records", pageSize: 3, pageToken, asJson: true };
          const page =
            ask === "list" ? await client.list(asked) : await client.query({ ...asked, path: "/score" });
          found.push(...page.objects.map(({ id, json }) => `${id?.key} ${json}`));
          pageToken = page.nextPageToken;
          if (pageToken === "") break;
          for (const key of keys) await write("w", key, put(`{"score":${found.length + 5}}`));
          if (ask === "query") for (const key of keys.slice(0, 6)) await write("fork", key, del());
        }
        const wanted = keys.map((key) => `${key} {"score":${key === "k10" ? 2 : 1}}`);
        expect(found.toSorted()).toEqual(wanted);
        expect(new Set(found).size).toBe(keys.length);
      }
      await state.stop();
    });

    it("are neither read nor written before they see their parent, and go on where they were interrupted", async () => {
      const address = await url();
      let state = await startState(address);
      const write = (worldId: string, key: string, json: string) =>
        state
          .client()
          .write({ worldId, operations: [{ id: idOf("progress", "player:ada", key), ...put(json) }] });
      for (let n = 0; n < 60; n++) await write("w", `k${n}`, `${n}`);
      const cut = cutNow(state, "w");
      for (let n = 0; n < 60; n++) await write("w", `k${n}`, `${n + 1_000}`);
      await state.createWorld("fork", undefined, "w");
      const early = [
        write("fork", "k1", "7"),
        state.client().list({ worldId: "fork", collection: "progress" }),
      ];
      for (const call of early) await expect(call).rejects.toSatisfy(refused("SERVICE_NOT_READY"));
      for (const failsAt of [1, 2, 3]) {
        await expect(forkAt(state, "w", "fork", cut, { failsAt })).rejects.toThrow("killed");
        await write("w", "k5", `${failsAt + 5_000}`);
        await state.stop();
        state = await startState(address);
        await expect(write("fork", "k1", "7")).rejects.toSatisfy(refused("SERVICE_NOT_READY"));
      }
      await forkAt(state, "w", "fork", cut);
      const { objects } = await state
        .client()
        .list({ worldId: "fork", collection: "progress", asJson: true, pageSize: 100 });
      expect(objects.map(({ id, json }) => [id?.key, json]).sort()).toEqual(
        Array.from({ length: 60 }, (_, n) => [`k${n}`, `${n}`]).sort(),
      );
      const { objects: count } = await state.client().getQuota({ worldId: "fork", owner: "player:ada" });
      expect(count).toBe(120);
      await state.stop();
    });

    it("copy nothing, and a parent hands over an object once", async () => {
      const state = await startState(await url());
      const rows = async () => {
        const all = await kitOf(state).store.as<StateTables>().selectFrom("object").select("id").execute();
        return all.length;
      };
      const write = (worldId: string, n: number) =>
        state.client().write({
          worldId,
          operations: [{ id: idOf("progress", "player:ada", "a"), ...put(String(n)) }],
        });
      for (let n = 0; n < 5; n++)
        await state.client().write({
          worldId: "w",
          operations: [{ id: idOf("progress", `player:p${n}`, "a"), ...put("1") }],
        });
      await write("w", 1);
      for (const fork of ["one", "two"]) await forkAt(state, "w", fork);
      expect(await rows()).toBe(6);
      for (let n = 2; n < 6; n++) await write("w", n);
      expect(await rows()).toBe(8);
      await write("one", 9);
      expect(await rows()).toBe(8);
      await state.stop();
    });

    it("lose a player who is erased, each telling so, and no parent hands them back", async () => {
      const state = await startState(await url());
      const client = state.client();
      const id = idOf("progress", "player:gone", "a");
      await client.write({ worldId: "w", operations: [{ id, ...put('"secret"') }] });
      await client.write({ worldId: "w", operations: [{ id: { ...id, key: "dead" }, ...put("1") }] });
      await client.write({ worldId: "w", operations: [{ id: { ...id, key: "dead" }, ...del() }] });
      await client.grant({
        worldId: "w",
        owner: "player:gone",
        items: [{ itemId: "axe", count: 2 }],
        grantKey: `gone-${name}`,
      });
      const cut = cutNow(state, "w");
      await client.write({ worldId: "w", operations: [{ id, ...put('"later secret"') }] });
      await forkAt(state, "w", "child", cut);
      await forkAt(state, "child", "grandchild");
      const { file } = await state.player("player:gone").exportOwner({});
      const told = JSON.parse(new TextDecoder().decode(file)) as { objects: { world: string }[] };
      expect(told.objects.map(({ world }) => world).sort()).toEqual([
        "child",
        "child",
        "grandchild",
        "grandchild",
        "w",
        "w",
      ]);
      await state.player("player:gone").erase({});
      for (const worldId of ["w", "child", "grandchild"]) {
        const { object } = await client.get({ worldId, id, asJson: true });
        expect([object?.absent, object?.version]).toEqual([true, 0]);
        const items = await client.listInventory({ worldId, owner: "player:gone", full: true });
        expect([items.stacks, items.accounts]).toEqual([[], []]);
        const quota = await client.getQuota({ worldId, owner: "player:gone" });
        expect([quota.objects, quota.bytes]).toEqual([0, 0]);
      }
      for (const worldId of ["w", "child", "grandchild"]) {
        const again = await client.write({ worldId, operations: [{ id, ...put("1") }] });
        expect(again.written[0]?.version).toBe(worldId === "w" ? 3 : 2);
      }
      const db = kitOf(state).store.as<StateTables>();
      const all = await db.selectFrom("object").select(["owner", "key"]).execute();
      expect(all.filter(({ owner }) => owner === "player:gone")).toHaveLength(3);
      const snapshots = await db.selectFrom("snapshot").select("value").execute();
      for (const { value } of snapshots) expect(new TextDecoder().decode(value)).not.toContain("secret");
      const gone = state.heard.filter(
        ({ type, key }) => type.endsWith("StateDeleted") && key === "player:gone",
      );
      expect(Map.groupBy(gone, ({ world }) => world).get("grandchild")).toHaveLength(2);
      await state.stop();
    });

    it("begin at a place before their parent began, and where it began", async () => {
      const state = await startState(await url());
      const write = (worldId: string, key: string, json: string) =>
        state
          .client()
          .write({ worldId, operations: [{ id: idOf("progress", "player:ada", key), ...put(json) }] });
      const all = async (worldId: string) =>
        (await state.client().list({ worldId, collection: "progress", asJson: true })).objects.map(
          ({ id, json }) => `${id?.key} ${json}`,
        );
      await write("w", "a", "1");
      const before = cutNow(state, "w");
      await write("w", "a", "2");
      await write("w", "b", "1");
      const begun = cutNow(state, "w");
      await forkAt(state, "w", "child");
      await write("w", "b", "9");
      // Own changes are counted anew, and are not to be taken for those of the parent.
      await write("child", "a", "3");
      await write("child", "c", "3");
      await forkAt(state, "child", "early", before);
      await forkAt(state, "child", "same", begun);
      await forkAt(state, "child", "late");
      expect(await all("early")).toEqual(["a 1"]);
      expect(await all("same")).toEqual(["a 2", "b 1"]);
      expect(await all("late")).toEqual(["a 3", "b 1", "c 3"]);
      await state.stop();
    });

    it("begin with what is as old as history forgets", async () => {
      const state = await startState(await url());
      const write = (key: string, json: string) =>
        state
          .client()
          .write({ worldId: "w", operations: [{ id: idOf("progress", "player:ada", key), ...put(json) }] });
      for (const key of ["a", "b"]) await write(key, "1");
      state.later(40 * DAY_MS);
      await kitOf(state).part(prune).sweep();
      await forkAt(state, "w", "untouched");
      const cut = cutNow(state, "w");
      await write("b", "2");
      await forkAt(state, "w", "touched", cut);
      for (const worldId of ["untouched", "touched"]) {
        const { objects } = await state.client().list({ worldId, collection: "progress", asJson: true });
        expect(objects[0]?.json).toBe("1");
      }
      await state.stop();
    });

    it("of a folder from before are left what they have, and can be forked like any other world", async () => {
      const address = await url();
      const { "005-forks": _, ...migrations } = service.migrations ?? {};
      const store = await openStore({ service: service.id, url: address, migrations });
      const db = store.as<StateTables>();
      const value = encodeValue({ score: 1n });
      for (const [id, world] of [
        [1, "w"],
        [2, "copy"],
      ] as const) {
        const counted = { head: id, owner: "player:ada", objects: 1, bytes: value.length };
        const made = { version: 1, live: 1, created_ms: 1, updated_ms: 1, updated_by: "tester" };
        const access = { read: 2, write: 2, expires_at: null };
        const object = { id, head: id, owner: "player:ada", key: "a", value, seq: 4, ...made, ...access };
        const sort = sortKey(1n) as Uint8Array;
        await db.insertInto("world").values({ id: world, collections: new Uint8Array() }).execute();
        const old = store.as<any>();
        await old.insertInto("head").values({ id, world, collection: "records", seq: 4 }).execute();
        await old.insertInto("object").values(object).execute();
        await old.insertInto("tally").values(counted).execute();
        await old.insertInto("entry").values({ object: id, path: 0, head: id, sort }).execute();
      }
      await store.close();

      const state = await startState(address);
      const client = state.client();
      const write = (worldId: string, score: number) =>
        client.write({
          worldId,
          operations: [{ id: idOf("records", "player:ada", "a"), ...put(`{"score":${score}}`) }],
        });
      await forkAt(state, "w", "copy");
      await write("w", 2);
      await forkAt(state, "copy", "new");
      await write("copy", 3);
      for (const [worldId, score] of [
        ["w", 2],
        ["copy", 3],
        ["new", 1],
      ] as const) {
        const { objects } = await client.query({
          worldId,
          collection: "records",
          path: "/score",
          asJson: true,
        });
        expect(objects.map(({ json }) => json)).toEqual([`{"score":${score}}`]);
      }
      expect((await client.getQuota({ worldId: "new", owner: "player:ada" })).objects).toBe(3);
      await state.stop();
    });
  });
}
