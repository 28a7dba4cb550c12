import { StateChanged } from "@orrery/schema/state/v1";
import { describe, expect, it } from "vitest";
import { startState } from "../testing.ts";

const profile = { collection: "profiles", owner: "player:ada", key: "main" };
const put = (json: string) => ({
  act: { case: "put" as const, value: { content: { content: { case: "json" as const, value: json } } } },
});

export function writeSuite(name: string, url: () => Promise<string>): void {
  describe(`writes on ${name}`, () => {
    it("gives each change the next version and tells of it once", async () => {
      const state = await startState(await url());
      const client = state.client();
      const first = await client.write({
        worldId: "w",
        operations: [{ id: profile, ...put('{"hat":"red"}') }],
      });
      const second = await client.write({
        worldId: "w",
        operations: [{ id: profile, ...put('{"hat":"blue"}') }],
      });
      const same = await client.write({
        worldId: "w",
        operations: [{ id: profile, ...put('{"hat":"blue"}') }],
      });
      expect([first, second, same].map(({ written }) => [written[0]?.version, written[0]?.changed])).toEqual([
        [1, true],
        [2, true],
        [2, false],
      ]);
      const { object, seq } = await client.get({ worldId: "w", id: profile, asJson: true });
      expect([object?.json, object?.version, seq]).toEqual(['{"hat":"blue"}', 2, 2]);
      await state.stop();
      const told = state.heard.map(({ payload }) => StateChanged.decode(payload));
      expect(told.map(({ version, seq, oldVersion }) => [oldVersion, version, seq])).toEqual([
        [0, 1, 1],
        [1, 2, 2],
      ]);
      expect(told[1]?.changes[0]?.path).toBe("/hat");
    });
  });
}
