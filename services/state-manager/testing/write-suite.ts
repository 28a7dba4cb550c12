import { StateChanged } from "@orrery/schema/state/v1";
import { errorCodeOf } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fold } from "./fold.ts";
import { disorder } from "./linearizable.ts";
import { del, increment, idOf, put, version } from "./operations.ts";
import { startState, type TestState } from "./state.ts";
import { storm } from "./storm.ts";
import { decodeValue } from "../value/message.ts";
import type { StateTables } from "../tables.ts";

export function writeSuite(name: string, url: () => Promise<string>): void {
  describe(`writes on ${name}`, () => {
    let state: TestState;
    beforeAll(async () => {
      state = await startState(await url());
    });
    afterAll(() => state.stop());
    let number = 0;
    const fresh = (collection = "progress") => idOf(collection, `player:p${++number}`, "main");

    it("gives each change the next version and tells of it once", async () => {
      const client = state.client();
      const id = fresh();
      const versions = [];
      for (const json of ['{"hat":"red"}', '{"hat":"blue"}', '{"hat":"blue"}']) {
        const { written } = await client.write({ worldId: "w", operations: [{ id, ...put(json) }] });
        versions.push([written[0]?.version, written[0]?.changed]);
      }
      expect(versions).toEqual([
        [1, true],
        [2, true],
        [2, false],
      ]);
      const { object } = await client.get({ worldId: "w", id, asJson: true });
      expect([object?.json, object?.version]).toEqual(['{"hat":"blue"}', 2]);
    });

    it("writes nothing of a batch with stale versions, and reports exactly these", async () => {
      const client = state.client();
      const ids = Array.from({ length: 10 }, () => fresh());
      await client.write({ worldId: "w", operations: ids.map((id) => ({ id, ...put("1") })) });
      const stale = [2, 5, 9];
      const { written, losers } = await client.write({
        worldId: "w",
        operations: ids.map((id, i) => ({ id, ...put("2"), ...version(stale.includes(i) ? 7 : 1) })),
      });
      expect([written, losers.map(({ index, version: seen }) => [index, seen])]).toEqual([
        [],
        stale.map((index) => [index, 1]),
      ]);
      const { objects } = await client.batchGet({ worldId: "w", ids, asJson: true });
      expect(objects.map(({ json }) => json)).toEqual(ids.map(() => "1"));
    });

    it("goes on counting when an object is deleted and made again", async () => {
      const client = state.client();
      const id = fresh();
      for (const act of [put("1"), put("2"), del(), put("3")])
        await client.write({ worldId: "w", operations: [{ id, ...act }] });
      const { object } = await client.get({ worldId: "w", id, asJson: true });
      expect([object?.version, object?.json]).toEqual([3, "3"]);
      const { losers } = await client.write({
        worldId: "w",
        operations: [{ id, ...put("4"), ...version(2) }],
      });
      expect(losers[0]?.version).toBe(3);
    });

    it("answers a repeat with the first answer, also many at once and with the database opened again", async () => {
      const client = state.client();
      const id = fresh();
      const request = {
        worldId: "w",
        idempotencyKey: `repeat-${name.toLowerCase()}-${number}`,
        operations: [{ id, ...increment("/n") }],
      };
      const answers = await Promise.all(Array.from({ length: 20 }, () => client.write(request)));
      expect(new Set(answers.map(({ written }) => written[0]?.version))).toEqual(new Set([1]));
      const other = { ...request, operations: [{ id, ...increment("/m") }] };
      await expect(client.write(other)).rejects.toSatisfy(
        (error: unknown) => errorCodeOf(error) === "RPC_IDEMPOTENCY_REUSED",
      );
    });

    it("lets all writers of one object through in turn", async () => {
      const client = state.client();
      const id = fresh();
      await Promise.all(
        Array.from({ length: 200 }, () =>
          client.write({ worldId: "w", operations: [{ id, ...increment("/n") }] }),
        ),
      );
      const { object } = await client.get({ worldId: "w", id, asJson: true });
      expect([object?.json, object?.version]).toEqual(['{"n":200}', 200]);
    });

    it("is linearizable under a storm of operations, and its events fold into its table", async () => {
      const storming = await startState(await url());
      const histories = await storm(storming.client(), {
        writers: 32,
        objects: 20,
        operations: 3_000,
        seed: 7,
      });
      for (const [key, history] of histories) expect([key, disorder(history)]).toEqual([key, undefined]);
      await storming.host.surroundings.bus.drain({ deadlineMs: 5_000 });
      const kit = storming.host.running()[0]?.kit;
      const rows = await kit?.store
        .as<StateTables>()
        .selectFrom("object")
        .selectAll()
        .where("live", "=", 1)
        .execute();
      await kit?.outbox.resume();
      const { values, faults } = fold(storming.heard, "w", () => {
        throw new Error("nothing is that large");
      });
      expect(faults).toEqual([]);
      const table = rows?.map((row) => [
        `records//${row.key}`,
        { version: row.version, value: decodeValue(row.value) },
      ]);
      expect(Object.fromEntries(values)).toEqual(Object.fromEntries(table ?? []));
      await storming.stop();
    });

    it("publishes under the owner, or the collection of what nobody owns", async () => {
      const client = state.client();
      const id = fresh();
      const own = idOf("world", "", `k${number}`);
      await client.write({
        worldId: "w",
        operations: [
          { id, ...put("1") },
          { id: own, ...put("1") },
        ],
      });
      await expect
        .poll(() =>
          state.heard
            .filter(({ type }) => type === StateChanged.typeName)
            .slice(-2)
            .map(({ key }) => key),
        )
        .toEqual([id.owner, "world"]);
    });
  });
}
