import { errorCodeOf } from "@orrery/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { del, idOf, put } from "./operations.ts";
import { startState, type TestState } from "./state.ts";

const refused = (code: string) => (error: unknown) => errorCodeOf(error) === code;

export function slotSuite(name: string, url: () => Promise<string>): void {
  describe(`slots on ${name}`, () => {
    let state: TestState;
    beforeAll(async () => {
      state = await startState(await url());
    });
    afterAll(() => state.stop());

    const jsonsOf = async (player: string) =>
      (await state.player(player).list({ worldId: "w", collection: "progress", asJson: true })).objects.map(
        ({ id, json }) => [id?.key, json],
      );
    const write = (player: string, key: string, act: ReturnType<typeof put>) =>
      state.player(player).write({ worldId: "w", operations: [{ id: idOf("progress", "", key), ...act }] });

    it("gives back what was saved, byte for byte, and leaves items alone", async () => {
      const me = "player:saver";
      const player = state.player(me);
      await write(me, "a", put('{"gold":1,"pi":3.5}'));
      await write(me, "b", put('"kept"'));
      const saved = await jsonsOf(me);
      const { slot } = await player.saveSlot({ worldId: "w", name: "before", expectedRevision: 0 });
      expect([slot?.revision, slot?.objects]).toEqual([1, 2]);
      await write(me, "a", put('{"gold":2}'));
      await write(me, "b", del());
      await write(me, "c", put("1"));
      await state
        .client()
        .grant({ worldId: "w", owner: me, items: [{ itemId: "axe", count: 1 }], grantKey: `slot-${name}` });
      const { differences } = await player.compareSlots({ worldId: "w", left: "before" });
      expect(differences.map(({ id }) => id?.key)).toEqual(["a", "b", "c"]);
      const loaded = await player.loadSlot({ worldId: "w", name: "before" });
      expect([loaded.restored, loaded.deleted]).toEqual([2, 1]);
      expect(await jsonsOf(me)).toEqual(saved);
      const twice = await player.loadSlot({ worldId: "w", name: "before" });
      expect([twice.restored, twice.deleted]).toEqual([0, 0]);
      expect((await player.listInventory({ worldId: "w" })).stacks).toHaveLength(1);
      expect((await player.compareSlots({ worldId: "w", left: "before" })).differences).toEqual([]);
      expect((await player.saveSlot({ worldId: "w", name: "after" })).slot?.parent).toBe("before@1");
    });

    it("refuses a revision that moved, and a 21st slot", async () => {
      const player = state.player("player:many");
      for (let n = 0; n < 20; n++) await player.saveSlot({ worldId: "w", name: `s${n}` });
      await expect(player.saveSlot({ worldId: "w", name: "one-more" })).rejects.toSatisfy(
        refused("STATE_SLOT_QUOTA"),
      );
      await player.saveSlot({ worldId: "w", name: "s0" });
      await expect(player.loadSlot({ worldId: "w", name: "s0", expectedRevision: 1 })).rejects.toSatisfy(
        refused("STATE_SLOT_MOVED"),
      );
      expect((await player.deleteSlot({ worldId: "w", name: "s0" })).deleted).toBe(true);
      expect((await player.listSlots({ worldId: "w" })).slots).toHaveLength(19);
    });

    it("carries a slot in a signed file, and takes no other", async () => {
      const me = "player:traveller";
      const player = state.player(me);
      await write(me, "a", put('{"far":true}'));
      await player.saveSlot({ worldId: "w", name: "home" });
      const { file } = await player.exportSlot({ worldId: "w", name: "home" });
      await write(me, "a", put('{"far":false}'));
      await player.importSlot({ worldId: "w", name: "again", file });
      await player.loadSlot({ worldId: "w", name: "again" });
      expect(await jsonsOf(me)).toEqual([["a", '{"far":true}']]);
      const forged = file.slice();
      forged[20] = (forged[20] ?? 0) ^ 1;
      await expect(player.importSlot({ worldId: "w", name: "forged", file: forged })).rejects.toSatisfy(
        refused("STATE_IMPORT_SIGNATURE"),
      );
    });
  });
}
