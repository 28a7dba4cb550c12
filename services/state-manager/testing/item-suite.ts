import { GrantStatus, type ItemStackInit } from "@orrery/schema/state/v1";
import { errorCodeOf } from "@orrery/service";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startState, type TestState } from "./state.ts";

const refused = (code: string) => (error: unknown) => errorCodeOf(error) === code;
const apples = (count: number, quality = 0.5): ItemStackInit => ({ itemId: "apple", count, quality });

export function itemSuite(name: string, url: () => Promise<string>): void {
  describe(`items on ${name}`, () => {
    let state: TestState;
    beforeAll(async () => {
      state = await startState(await url());
    });
    afterAll(() => state.stop());
    let number = 0;
    const key = () => `grant-${name}-${++number}`;

    it("grants once per key for ever, and refuses the key for anything else", async () => {
      const client = state.client();
      const request = {
        worldId: "w",
        owner: "player:g",
        items: [apples(3)],
        grantKey: key(),
        source: "quest",
      };
      const answers = await Promise.all(Array.from({ length: 100 }, () => client.grant(request)));
      expect(new Set(answers.map(({ grant }) => grant?.version))).toEqual(new Set([1]));
      const { stacks } = await client.listInventory({ worldId: "w", owner: "player:g" });
      expect(stacks.map(({ count }) => count)).toEqual([3]);
      await expect(client.grant({ ...request, items: [apples(4)] })).rejects.toSatisfy(
        refused("STATE_GRANT_REUSED"),
      );
      await expect(client.grant({ ...request, owner: "player:h" })).rejects.toSatisfy(
        refused("STATE_GRANT_REUSED"),
      );
    });

    it("lets a grant wait for room and delivers it when there is some", async () => {
      const client = state.client();
      const owner = "player:full";
      const many = Array.from({ length: 500 }, (_, i) => ({ itemId: `thing-${i}`, count: 1, quality: 1 }));
      await client.grant({ worldId: "w", owner, items: many, grantKey: key() });
      const request = { worldId: "w", owner, items: [apples(2)], grantKey: key() };
      await expect(client.grant(request)).rejects.toSatisfy(refused("STATE_INVENTORY_FULL"));
      expect((await client.grant({ ...request, mayWait: true })).grant?.status).toBe(GrantStatus.PENDING);
      expect((await client.listInventory({ worldId: "w", owner, full: true })).pending).toHaveLength(1);
      await client.consume({ worldId: "w", owner, items: [{ itemId: "thing-7", count: 1 }] });
      const after = await client.listInventory({ worldId: "w", owner, full: true });
      expect([after.pending.length, after.stacks.find(({ itemId }) => itemId === "apple")?.count]).toEqual([
        0, 2,
      ]);
    });

    it("consumes the lowest quality first", async () => {
      const client = state.client();
      const owner = "player:cook";
      await client.grant({ worldId: "w", owner, items: [apples(2, 0.9), apples(2, 0.1)], grantKey: key() });
      const { stacks } = await client.consume({
        worldId: "w",
        owner,
        items: [{ itemId: "apple", count: 3 }],
      });
      expect(stacks.map(({ count, quality }) => [count, quality])).toEqual([[1, 0.9]]);
      await expect(
        client.consume({ worldId: "w", owner, items: [{ itemId: "apple", count: 2 }] }),
      ).rejects.toSatisfy(refused("STATE_INVENTORY_SHORT"));
    });

    it("takes a grant back as far as it is still there", async () => {
      const client = state.client();
      const [owner, grantKey] = ["player:buyer", key()];
      await client.grant({ worldId: "w", owner, items: [apples(5)], grantKey, source: "purchase" });
      await client.consume({ worldId: "w", owner, items: [{ itemId: "apple", count: 2 }] });
      const first = await client.revoke({ worldId: "w", grantKey });
      expect([first.grant?.status, first.missing[0]?.count, first.stacks]).toEqual([
        GrantStatus.PARTLY_REVOKED,
        2,
        [],
      ]);
      await client.grant({ worldId: "w", owner, items: [apples(9)], grantKey: key() });
      const second = await client.revoke({ worldId: "w", grantKey });
      expect([second.grant?.status, second.stacks[0]?.count]).toEqual([GrantStatus.REVOKED, 7]);
      const third = await client.revoke({ worldId: "w", grantKey });
      expect(third.stacks[0]?.count).toBe(7);
    });

    it("conserves items whatever is done with them", async () => {
      const client = state.client();
      const item = fc.constantFrom("apple", "sword");
      const count = fc.integer({ min: 1, max: 5 });
      const who = fc.constantFrom("a", "b", "c");
      const act = fc.oneof(
        fc.record({
          do: fc.constant("grant" as const),
          item,
          count,
          who,
          to: who,
          quality: fc.constantFrom(0.1, 0.9),
        }),
        fc.record({
          do: fc.constantFrom("consume", "transfer", "revoke"),
          item,
          count,
          who,
          to: who,
          quality: fc.constant(0),
        }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
          const run = ++number;
          const owner = (whose: string) => `player:${run}-${whose}`;
          const keys: string[] = [];
          for (const { do: kind, item: itemId, count: some, who: from, to, quality } of acts) {
            const items = [{ itemId, count: some, quality }];
            const done =
              kind === "grant"
                ? client.grant({
                    worldId: "w",
                    owner: owner(from),
                    items,
                    grantKey: (keys.push(key()), keys.at(-1)),
                  })
                : kind === "consume"
                  ? client.consume({ worldId: "w", owner: owner(from), items })
                  : kind === "transfer"
                    ? client.transferItems({ worldId: "w", from: owner(from), to: owner(to), items })
                    : client.revoke({
                        worldId: "w",
                        grantKey: keys[some % Math.max(1, keys.length)] ?? "none-none",
                      });
            await (done as Promise<unknown>).catch((error: unknown) => {
              const allowed = ["STATE_INVENTORY_SHORT", "STATE_NOT_FOUND", "RPC_FIELD_INVALID"];
              if (!allowed.includes(errorCodeOf(error) ?? "")) throw error;
            });
          }
          for (const whose of ["a", "b", "c"]) {
            const { accounts, stacks } = await client.listInventory({
              worldId: "w",
              owner: owner(whose),
              full: true,
            });
            expect(stacks.every((stack) => stack.count > 0)).toBe(true);
            for (const row of accounts)
              expect(row.granted + row.transferredIn).toBe(
                row.held + row.consumed + row.revoked + row.transferredOut,
              );
          }
        }),
        { numRuns: 15, seed: 11 },
      );
    });
  });
}
