import { appendFileSync, mkdirSync, mkdtempSync, rmSync, type watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openPartitions, type Partitions } from "./partitions.ts";
import { segmentPath } from "./segments.ts";

let root: string;
let partitions: Partitions;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "orrery-partitions-"))));
afterEach(() => {
  partitions.close();
  rmSync(root, { recursive: true });
});

const lane = (slot: number) => join(root, "log", String(slot), "standard");
function begin(slot: number, base = 0): void {
  mkdirSync(lane(slot), { recursive: true });
  writeFileSync(segmentPath(lane(slot), base), "");
}
const append = (slot: number, bytes: number, base = 0) =>
  appendFileSync(segmentPath(lane(slot), base), "x".repeat(bytes));
/** How many polls it takes until there is news. */
function pollsUntilNews(): number {
  for (let polls = 1; polls <= 100; polls++) if (partitions.poll()) return polls;
  return Number.POSITIVE_INFINITY;
}
const reaches = (end: number) => {
  const [only] = partitions.list();
  return only !== undefined && partitions.hasMore(only, end - 1) && !partitions.hasMore(only, end);
};

/** A file system that never tells of anything. */
const mute = (() => ({ on() {}, close() {} })) as unknown as typeof watch;

describe("what other processes write", () => {
  it("is told of at once, without being looked for", async () => {
    begin(0);
    const woken = vi.fn();
    partitions = openPartitions(root, new Map(), woken);
    append(0, 10);
    await vi.waitUntil(() => woken.mock.calls.length > 0 && reaches(10), { timeout: 5_000 });
    append(0, 5);
    await vi.waitUntil(() => reaches(15), { timeout: 5_000 });
    begin(0, 20);
    append(0, 1, 20);
    await vi.waitUntil(() => reaches(21), { timeout: 5_000 });
  });

  it("is found by a poll now and then where nobody tells, and from then on by each", () => {
    begin(0);
    partitions = openPartitions(root, new Map(), () => {}, mute);
    append(0, 10);
    expect(pollsUntilNews()).toBeLessThanOrEqual(10);
    expect(reaches(10)).toBe(true);
    partitions.poll();
    append(0, 10);
    expect(pollsUntilNews()).toBe(1);
    begin(0, 20);
    append(0, 3, 20);
    expect(pollsUntilNews()).toBe(1);
    expect(reaches(23)).toBe(true);
  });

  it("is looked for in slots that come later", async () => {
    mkdirSync(join(root, "log"), { recursive: true });
    partitions = openPartitions(root, new Map(), () => {}, mute);
    begin(0);
    append(0, 7);
    expect(pollsUntilNews()).toBeLessThanOrEqual(10);
    expect(reaches(7)).toBe(true);
    begin(1);
    partitions.lookAll();
    expect(partitions.list().map(({ name }) => name)).toEqual(["0/standard", "1/standard"]);
  });
});
