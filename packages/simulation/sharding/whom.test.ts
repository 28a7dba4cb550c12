import { TimerFired } from "@orrery/schema/time/v1";
import { encodeBytes } from "@orrery/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { streamIn } from "./names.ts";
import { isConcerned, shardOf, type Whom } from "./whom.ts";

const fired = (timerId: string, key = timerId) => ({ key, payload: encodeBytes(TimerFired, { timerId }) });
const concerned = (whom: Whom | undefined, event: ReturnType<typeof fired>, shards: number) =>
  Array.from({ length: shards }, (_, shard) =>
    isConcerned({ codec: TimerFired, ...(whom !== undefined && { whom }) }, event, { shard, shards }),
  ).flatMap((is, shard) => (is ? [shard] : []));

describe("whom an event concerns", () => {
  it("is every shard where nothing else is said", () => {
    expect(concerned(undefined, fired("a"), 4)).toEqual([0, 1, 2, 3]);
    expect(concerned("all", fired("a"), 4)).toEqual([0, 1, 2, 3]);
  });

  it("is one shard for a key, whichever it is and however many there are", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (key, shards) => {
        const own = shardOf(key, shards);
        expect(own).toBeGreaterThanOrEqual(0);
        expect(own).toBeLessThan(shards);
        expect(concerned("key", fired("x", key), shards)).toEqual([own]);
        expect(concerned(({ timerId }) => timerId, fired(key, "x"), shards)).toEqual([own]);
      }),
    );
  });

  it("is each shard of several keys once, and nobody for none", () => {
    const both = (keys: readonly string[]) => concerned(() => keys, fired("x"), 8);
    const [a, b] = [shardOf("npc:mira-01", 8), shardOf("npc:ott-02", 8)];
    expect(both(["npc:mira-01", "npc:ott-02"])).toEqual([...new Set([a, b])].sort());
    expect(both([])).toEqual([]);
  });

  it.each(["constructor", "__proto__", "", "é", "p".repeat(10_000)])(
    "takes %j for a key like any other",
    (key) => {
      expect(concerned("key", fired("x", key), 16)).toHaveLength(1);
    },
  );
});

it("keys like those of a crowd are spread evenly: no shard has a quarter more than its share", () => {
  for (const shards of [2, 3, 16, 64]) {
    const counts = new Array<number>(shards).fill(0);
    for (let i = 0; i < 1_000 * shards; i++) {
      const own = shardOf(`npc:p${i}`, shards);
      counts[own] = (counts[own] ?? 0) + 1;
    }
    expect(Math.max(...counts)).toBeLessThan(1_250);
    expect(Math.min(...counts)).toBeGreaterThan(750);
  }
});

it("streams of one source are told apart by aggregate, shard and lane, not by when they were made", () => {
  expect(streamIn("npc-behavior/vale/people/3/smfx1")).toEqual(["people", "3", "s"]);
  expect(streamIn("npc-behavior/vale/people/3/smfx2")).toEqual(streamIn("npc-behavior/vale/people/3/smfx1"));
  expect(streamIn("operator/vale")).toEqual([]);
});
