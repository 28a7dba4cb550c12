import { virtualClock } from "@orrery/bus";
import { describe, expect, it } from "vitest";
import { gather } from "./gather.ts";

const turns = async (count: number) => {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve));
};

describe("what many ask for in the same moment", () => {
  it("is done at once for who asks alone, and together for those who ask meanwhile", async () => {
    const clock = virtualClock();
    const runs: string[][] = [];
    const ask = gather(clock, async (items: readonly string[]) => {
      runs.push([...items]);
      return items.map((item) => item.toUpperCase());
    });
    expect(await ask("a")).toBe("A");
    const crowd = ["b", "c", "d"].map(async (item) => {
      await turns(1);
      return ask(item);
    });
    await turns(10);
    expect(runs).toEqual([["a"]]);
    await clock.advance(50);
    expect(await Promise.all(crowd)).toEqual(["B", "C", "D"]);
    expect(runs).toEqual([["a"], ["b", "c", "d"]]);
  });

  it("fails for all of those who asked together, and for nobody after them", async () => {
    const clock = virtualClock();
    let away = true;
    const ask = gather(clock, async (items: readonly string[]) => {
      if (away) throw new Error("away");
      return items;
    });
    const failed = await Promise.allSettled([ask("a"), ask("b")]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    away = false;
    const later = ask("c");
    await turns(5);
    await clock.advance(50);
    expect(await later).toBe("c");
  });

  it("does not wait longer when the clock is set back", async () => {
    const clock = { now: () => nowMs, sleep: async () => void (nowMs += 1) } as never;
    let nowMs = 1_000_000;
    const ask = gather(clock, async (items: readonly string[]) => items);
    await ask("a");
    nowMs = 0;
    expect(await ask("b")).toBe("b");
    expect(nowMs).toBe(0);
  });
});
