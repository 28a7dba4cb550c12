import { create } from "@bufbuild/protobuf";
import { Timer, TimerSchema } from "@orrery/schema/time/v1";
import { beforeEach, describe, expect, it } from "vitest";
import { streamsOf } from "../randomness.ts";
import { createTable, type KeptTable } from "./table.ts";

let table: KeptTable<Timer>;
beforeEach(() => {
  table = createTable("timers", Timer);
});
const timer = (timerId: string, fires = 0) => create(TimerSchema, { timerId, fires });
const IDS = ["b", "a", "constructor", "__proto__", "", "é", "z", "B", "a0", "10", "9"];

describe("a table", () => {
  it("has what was added, under any name, and walks it by id", () => {
    for (const id of IDS) table.add(id, timer(id));
    expect(table.size).toBe(IDS.length);
    expect(table.ids()).toEqual([...IDS].sort());
    expect([...table].map(([id, { timerId }]) => [id, timerId])).toEqual(
      [...IDS].sort().map((id) => [id, id]),
    );
    expect(IDS.every((id) => table.has(id) && table.get(id)?.timerId === id)).toBe(true);
    expect(table.get("toString")).toBeUndefined();
  });

  it("gives the same object to read and to change", () => {
    table.add("a", timer("a"));
    table.edit("a").fires = 3;
    expect(table.get("a")?.fires).toBe(3);
  });

  it("refuses to edit what is not there, and to add what is, by name", () => {
    table.add("a", timer("a"));
    expect(() => table.edit("b")).toThrow(/WORLD_PAGE_UNKNOWN.*"b" in timers/);
    expect(() => table.add("a", timer("a"))).toThrow(/WORLD_PAGE_TWICE.*"a" in timers/);
    expect(table.remove("b")).toBe(false);
    expect(table.remove("a")).toBe(true);
    expect(() => table.edit("a")).toThrow(/WORLD_PAGE_UNKNOWN/);
  });

  it("walks what was there when the walk began, without what was removed on the way", () => {
    for (const id of ["a", "b", "c"]) table.add(id, timer(id));
    const met: string[] = [];
    for (const [id] of table) {
      met.push(id);
      if (id !== "a") continue;
      table.remove("b");
      table.add("bb", timer("bb"));
    }
    expect(met).toEqual(["a", "c"]);
    expect(table.ids()).toEqual(["a", "bb", "c"]);
  });

  it("knows what was touched since it was last asked, reading aside", () => {
    for (const id of ["a", "b", "c"]) table.load(id, timer(id));
    expect(table.takeTouched()).toEqual(new Set());
    table.get("a");
    table.edit("b");
    table.remove("c");
    table.add("d", timer("d"));
    expect(table.takeTouched()).toEqual(new Set(["b", "c", "d"]));
    expect(table.takeTouched()).toEqual(new Set());
  });

  it("is as a sorted map after any thousand changes", () => {
    const random = streamsOf("seed", "test").stream("table");
    const model = new Map<string, number>();
    for (let step = 0; step < 1_000; step++) {
      const id = `p${Math.floor(random.uniform() * 40)}`;
      if (!model.has(id)) {
        table.add(id, timer(id, step));
        model.set(id, step);
      } else if (random.uniform() < 0.4) {
        table.remove(id);
        model.delete(id);
      } else {
        table.edit(id).fires = step;
        model.set(id, step);
      }
      expect([...table].map(([name, { fires }]) => [name, fires])).toEqual(
        [...model].sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    }
  });
});
