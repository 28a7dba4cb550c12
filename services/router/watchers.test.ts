import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concerns, type Interest, interestOf } from "./interest.ts";
import { asks, inRegion, seenEvent } from "./testing.ts";
import { createWatchers } from "./watchers.ts";

const subjects = fc.subarray(["a", "b", "c"]);
const looks: fc.Arbitrary<Interest> = fc
  .record({ regionIds: subjects, entityIds: subjects, allRegions: fc.boolean(), withoutWorld: fc.boolean() })
  .map((asked) => interestOf(asks(asked), ["world:observe"]));
const events = [
  seenEvent(),
  ...["a", "b", "c"].flatMap((name) => [
    inRegion(name),
    seenEvent({ audience: { to: "entity", entity: name } }),
  ]),
];

describe("the watchers of a world", () => {
  it("are found for an event exactly when one of their looks concerns it, whoever comes and goes", () => {
    const moves = fc.array(fc.record({ watcher: fc.nat(3), look: looks, leaves: fc.boolean() }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(moves, (steps) => {
        const watchers = createWatchers<number>();
        const held = new Map<number, Interest[]>();
        for (const { watcher, look, leaves } of steps) {
          const own = held.get(watcher) ?? [];
          held.set(watcher, own);
          const last = leaves ? own.pop() : undefined;
          if (last !== undefined) watchers.unwatch(watcher, last);
          else {
            own.push(look);
            watchers.watch(watcher, look);
          }
        }
        for (const event of events) {
          const expected = [...held].filter(([, own]) => own.some((look) => concerns(look, event)));
          expect([...watchers.of(event.audience)].sort()).toEqual(expected.map(([id]) => id).sort());
        }
      }),
    );
  });

  it("are found for their own events until they leave", () => {
    const watchers = createWatchers<string>();
    watchers.enter("s", "player:me");
    const mine = { to: "players", players: ["player:me", "player:you"] } as const;
    expect([...watchers.of(mine)]).toEqual(["s"]);
    watchers.leave("s", "player:me");
    expect([...watchers.of(mine)]).toEqual([]);
  });
});
