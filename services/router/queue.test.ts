import { describe, expect, it } from "vitest";
import { LIMITS } from "./limits.ts";
import { createQueue } from "./queue.ts";
import type { SeenEvent } from "./seen-event.ts";
import { seenEvent as event, parcel } from "./testing.ts";

describe("a client's queue", () => {
  it("hands out in order", () => {
    const queue = createQueue();
    const events = [event(), event(), event()];
    for (const each of events) queue.push(parcel(each), 0);
    expect(queue.take(1_000_000).events).toEqual(events);
    expect(queue.bytes).toBe(0);
  });

  it("keeps only the latest of a coalescing key once it is tight, and every transactional event", () => {
    const queue = createQueue();
    const transactional: SeenEvent[] = [];
    for (let i = 0; i < 4 * LIMITS.tightEvents; i++) {
      queue.push(parcel(event({ coalesce: true, key: `k${i % 5}` })), 0);
      if (i % 10 === 0) {
        const own = event();
        transactional.push(own);
        queue.push(parcel(own), 0);
      }
    }
    const taken: SeenEvent[] = [];
    while (queue.events > 0) taken.push(...queue.take(4_000).events);
    expect(taken.filter(({ coalesce }) => !coalesce)).toEqual(transactional);
    expect(queue.coalesced).toBeGreaterThan(LIMITS.tightEvents);
    const newest = Math.max(...taken.map((each) => each.sequence));
    for (let key = 0; key < 5; key++) {
      const own = taken.filter((each) => each.coalesce && each.key === `k${key}`);
      expect(own.at(-1)?.sequence).toBeGreaterThan(newest - 20);
    }
  });

  it("tells since when the oldest transactional event waits", () => {
    const queue = createQueue();
    queue.push(parcel(event({ coalesce: true })), 5);
    expect(queue.oldestMs()).toBe(Number.POSITIVE_INFINITY);
    queue.push(parcel(event()), 7);
    expect(queue.oldestMs()).toBe(7);
  });

  it("counts what was missed apart from what came since, until it is handed out", () => {
    const queue = createQueue();
    const missed = Array.from({ length: 50 }, () => parcel(...Array.from({ length: 40 }, () => event())));
    for (const each of missed) queue.push(each, 0);
    queue.excuse();
    const since = parcel(event());
    queue.push(since, 0);
    expect(queue.bytes - queue.excusedBytes).toBe(since.bytes);
    expect(queue.take(LIMITS.tightBytes)).toBe(missed[0]);
    expect(queue.bytes - queue.excusedBytes).toBe(since.bytes);
    while (queue.events > 0) queue.take(LIMITS.tightBytes);
    expect([queue.bytes, queue.excusedBytes]).toEqual([0, 0]);
    queue.push(since, 0);
    queue.push(since, 0);
    expect(queue.bytes - queue.excusedBytes).toBe(since.bytes);
  });
});
