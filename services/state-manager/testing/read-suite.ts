import { ReadAccess } from "@orrery/schema/state/v1";
import { errorCodeOf } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { append, del, idOf, increment, merge, patch, put, touch } from "./operations.ts";
import { startState, type TestState } from "./state.ts";
import { prune } from "../keep/prune.ts";

const DAY_MS = 24 * 3_600_000;
const refused = (code: string) => (error: unknown) => errorCodeOf(error) === code;

export function readSuite(name: string, url: () => Promise<string>): void {
  describe(`objects on ${name}`, () => {
    let state: TestState;
    beforeAll(async () => {
      state = await startState(await url());
    });
    afterAll(() => state.stop());
    let number = 0;
    const fresh = () => idOf("progress", `player:r${++number}`, "main");
    const write = (id: ReturnType<typeof fresh>, ...acts: ReturnType<typeof put>[]) =>
      state.client().write({ worldId: "w", operations: acts.map((act) => ({ id, ...act })) });
    const json = async (id: ReturnType<typeof fresh>, moment = {}) =>
      (await state.client().get({ worldId: "w", id, asJson: true, ...moment })).object?.json;

    it("merges, patches, increments and appends as the operations' standards say", async () => {
      const id = fresh();
      await write(id, put('{"a":{"b":1,"c":2},"list":[1]}'));
      await write(id, merge('{"a":{"b":null},"d":3}'));
      expect(await json(id)).toBe('{"a":{"c":2},"d":3,"list":[1]}');
      await write(id, patch('[{"op":"test","path":"/d","value":3},{"op":"move","from":"/d","path":"/a/d"}]'));
      await write(id, increment("/a/c", 5), append("/list", ["2", "3", "4"], 2));
      expect(await json(id)).toBe('{"a":{"c":7,"d":3},"list":[3,4]}');
      await expect(write(id, patch('[{"op":"test","path":"/a/c","value":8}]'))).rejects.toSatisfy(
        refused("STATE_PATCH"),
      );
      await expect(write(id, increment("/a/c", 5, { max: 10 }))).rejects.toSatisfy(refused("STATE_RANGE"));
      expect(await json(id)).toBe('{"a":{"c":7,"d":3},"list":[3,4]}');
    });

    it("keeps ints beyond 2^53, doubles, bytes and empty maps apart", async () => {
      const id = fresh();
      const entries = [
        { key: "big", value: { kind: { case: "intValue" as const, value: 9_007_199_254_740_993n } } },
        { key: "bytes", value: { kind: { case: "bytesValue" as const, value: new Uint8Array([0, 255]) } } },
        { key: "double", value: { kind: { case: "doubleValue" as const, value: 1 } } },
        { key: "map", value: { kind: { case: "mapValue" as const, value: { entries: [] } } } },
        { key: "none", value: { kind: { case: "nullValue" as const, value: true } } },
      ];
      const value = { kind: { case: "mapValue" as const, value: { entries } } };
      const act = {
        case: "put" as const,
        value: { content: { content: { case: "value" as const, value } } },
      };
      await state.client().write({ worldId: "w", operations: [{ id, act }] });
      const { object } = await state.client().get({ worldId: "w", id });
      expect(object?.value?.kind).toMatchObject({ value: { entries } });
    });

    it("refuses what no value may be", async () => {
      const deep = "[".repeat(33) + "]".repeat(33);
      for (const [given, code] of [
        ['{"a":1,"a":2}', "STATE_SCHEMA"],
        ['{"__proto__":1}', "STATE_SCHEMA"],
        ['"\\ud800"', "STATE_SCHEMA"],
        ["NaN", "STATE_SCHEMA"],
        ["1e999", "STATE_SCHEMA"],
        [deep, "STATE_TOO_DEEP"],
        [JSON.stringify("x".repeat(66_000)), "STATE_TOO_LARGE"],
      ] as const)
        await expect(write(fresh(), put(given)), given.slice(0, 20)).rejects.toSatisfy(refused(code));
    });

    it("gives the value at each version and time, also through deletion", async () => {
      const id = fresh();
      const values: string[] = [];
      for (let n = 1; n <= 45; n++) {
        if (n === 30) await write(id, del());
        await write(id, put(`{"list":[${Array.from({ length: n % 7 }, (_, i) => i).join(",")}],"n":${n}}`));
        values.push((await json(id)) ?? "");
      }
      for (const version of [1, 19, 20, 21, 29, 30, 31, 44, 45])
        expect(await json(id, { moment: { moment: { case: "version", value: version } } })).toBe(
          values[version - 1],
        );
      const before = state.host.surroundings.clock.now();
      state.later(1_000);
      await write(id, put('"later"'));
      expect(await json(id, { moment: { moment: { case: "atMs", value: before } } })).toBe(values[44]);
      const { changes } = await state.client().diff({ worldId: "w", id, fromVersion: 44, toVersion: 45 });
      expect(changes.map(({ path }) => path)).toContain("/n");
      const { changes: past } = await state.client().history({ worldId: "w", id, pageSize: 500 });
      expect(past.map(({ version }) => version).slice(0, 2)).toEqual([46, 45]);
      expect(past).toHaveLength(47);
    });

    it("shows players their own and what is public, and answers the rest like what is not there", async () => {
      const [ada, bob] = [state.player("player:ada"), state.player("player:bob")];
      const own = idOf("progress", "", "secret");
      await ada.write({ worldId: "w", operations: [{ id: own, ...put('"mine"') }] });
      const hers = idOf("progress", "player:ada", "secret");
      const nothing = idOf("progress", "player:ada", "nothing");
      const seen = await bob.get({ worldId: "w", id: hers });
      const unseen = await bob.get({ worldId: "w", id: nothing });
      expect({ ...seen.object, id: undefined }).toEqual({ ...unseen.object, id: undefined });
      for (const id of [hers, nothing])
        await expect(bob.write({ worldId: "w", operations: [{ id, ...put("1") }] })).rejects.toSatisfy(
          refused("STATE_NOT_FOUND"),
        );
      expect((await bob.list({ worldId: "w", collection: "progress", owner: "player:ada" })).objects).toEqual(
        [],
      );
      await ada.write({
        worldId: "w",
        operations: [
          {
            id: own,
            act: {
              case: "put",
              value: { content: { content: { case: "json", value: '"shown"' } }, read: ReadAccess.PUBLIC },
            },
          },
        ],
      });
      const { object } = await bob.get({ worldId: "w", id: hers, asJson: true });
      expect(object?.json).toBe('"shown"');
      await expect(bob.history({ worldId: "w", id: hers })).rejects.toSatisfy(refused("STATE_NOT_FOUND"));
      const record = idOf("records", "player:bob", "run");
      await expect(bob.write({ worldId: "w", operations: [{ id: record, ...put("1") }] })).rejects.toSatisfy(
        refused("STATE_FORBIDDEN"),
      );
    });

    it("lists as of one seq while writes go on", async () => {
      const owner = "service:lister";
      const ids = Array.from({ length: 25 }, (_, i) =>
        idOf("world", owner, `k${String(i).padStart(2, "0")}`),
      );
      const client = state.client();
      await client.write({ worldId: "w", operations: ids.map((id) => ({ id, ...put("1") })) });
      const asked = { worldId: "w", collection: "world", owner, asJson: true, pageSize: 10 };
      const first = await client.list(asked);
      await client.write({
        worldId: "w",
        operations: [
          { id: ids[15] ?? idOf("", "", ""), ...put("2") },
          { id: ids[20] ?? idOf("", "", ""), ...del() },
          { id: idOf("world", owner, "k12b"), ...put("9") },
        ],
      });
      const all = [...first.objects];
      for (let token = first.nextPageToken; token !== ""; ) {
        const page = await client.list({ ...asked, pageToken: token });
        all.push(...page.objects);
        token = page.nextPageToken;
      }
      expect(all.map(({ id, json: own }) => [id?.key, own])).toEqual(ids.map(({ key }) => [key, "1"]));
    });

    it("finds by an index, in the order of numbers, as of one seq", async () => {
      const client = state.client();
      const scores = [3, -1, 10, 2.5, 0];
      const ids = scores.map((_, i) => idOf("records", `player:s${i}`, "run"));
      await client.write({
        worldId: "w",
        operations: scores.map((score, i) => ({
          id: ids[i] ?? idOf("", "", ""),
          ...put(`{"score":${score}}`),
        })),
      });
      const asked = {
        worldId: "w",
        collection: "records",
        path: "/score",
        descending: true,
        pageSize: 2,
        asJson: true,
      };
      const found: (string | undefined)[] = [];
      for (let token = ""; ; ) {
        const page = await client.query({ ...asked, pageToken: token });
        found.push(...page.objects.map(({ json: own }) => own));
        if (token === "")
          await client.write({
            worldId: "w",
            operations: [{ id: ids[1] ?? idOf("", "", ""), ...put('{"score":99}') }],
          });
        token = page.nextPageToken;
        if (token === "") break;
      }
      expect(found).toEqual([10, 3, 2.5, 0, -1].map((score) => `{"score":${score}}`));
    });

    it("ends platform objects when their time is over", async () => {
      const id = idOf("profiles", "player:mayfly", "main");
      const now = state.host.surroundings.clock.now();
      await write(id, put("1"), touch(now + 5_000));
      expect(await json(id)).toBe("1");
      state.later(6_000);
      await expect.poll(() => json(id), { timeout: 5_000 }).toBe("");
    });

    it("refuses growth beyond a quota, and lets what is there shrink", async () => {
      const small = await startState(await url());
      const player = small.player("player:q");
      const id = (n: number) => idOf("characters", "", `c${n}`);
      await player.write({ worldId: "w", operations: [{ id: id(1), ...put('"a"') }] });
      await expect(
        player.write({ worldId: "w", operations: [{ id: id(2), ...put('"b"') }] }),
      ).rejects.toSatisfy(refused("STATE_QUOTA"));
      await player.write({ worldId: "w", operations: [{ id: id(1), ...del() }] });
      await player.write({ worldId: "w", operations: [{ id: id(2), ...put('"b"') }] });
      const quota = await player.getQuota({ worldId: "w" });
      expect([quota.characters, quota.charactersLimit, quota.objects]).toEqual([1, 1, 1]);
      await small.stop();
    });

    it("forgets old versions but not those that the rest builds on", async () => {
      const old = await startState(await url());
      const client = old.client();
      const id = idOf("progress", "player:old", "main");
      for (let n = 1; n <= 150; n++)
        await client.write({ worldId: "w", operations: [{ id, ...put(`{"n":${n}}`) }] });
      old.later(2 * DAY_MS);
      const kit = old.host.running()[0]?.kit;
      expect(await kit?.part(prune).sweep()).toBe(50);
      const at = async (value: number) =>
        (await client.get({ worldId: "w", id, asJson: true, moment: { moment: { case: "version", value } } }))
          .object?.json;
      expect(await Promise.all([51, 60, 61, 149].map(at))).toEqual(
        [51, 60, 61, 149].map((n) => `{"n":${n}}`),
      );
      await expect(at(40)).rejects.toSatisfy(refused("STATE_NOT_FOUND"));
      await old.stop();
    });

    it("erases a player and keeps counting where the player left off", async () => {
      const client = state.client();
      const id = idOf("progress", "player:gone", "main");
      await write(id, put('"personal"'));
      await write(id, put('"more"'));
      const erased = await state.player("player:gone").erase({});
      expect([erased.objects, erased.changes]).toEqual([1, 2]);
      expect((await client.get({ worldId: "w", id })).object).toMatchObject({ absent: true, version: 0 });
      const { written } = await write(id, put('"new"'));
      expect(written[0]?.version).toBe(3);
      const file = await state.player("player:gone").exportOwner({});
      expect(JSON.parse(new TextDecoder().decode(file.file))).toMatchObject({
        objects: [{ version: 3, value: "new" }],
      });
    });
  });
}
