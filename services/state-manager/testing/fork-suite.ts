import { describe, expect, it, vi } from "vitest";
import { prune } from "../keep/prune.ts";
import { forkAt, kitOf } from "./forks.ts";
import { del, idOf, put } from "./operations.ts";
import { startState } from "./state.ts";
import { storm } from "./storm.ts";
import { valueAt } from "../read/value-at.ts";
import { valuesAtSeq } from "../read/values-at-seq.ts";
import type { StateTables } from "../tables.ts";

const DAY_MS = 86_400_000;

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
  });
}
