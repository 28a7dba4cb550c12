import { describe, expect, it } from "vitest";
import { LIMITS } from "./limits.ts";
import { createRing } from "./ring.ts";
import { seenEvent } from "./testing.ts";

const event = (publisher: string, sequence: number) => seenEvent({ publisher, sequence });

describe("the ring", () => {
  it("gives what a cursor lacks, in order of arrival", () => {
    const ring = createRing();
    for (const [publisher, sequence] of [
      ["a", 1],
      ["b", 1],
      ["a", 2],
      ["b", 2],
    ] as const)
      ring.add(event(publisher, sequence), 0);
    const missed = ring.after(
      new Map([
        ["a", 1],
        ["b", 0],
      ]),
    );
    expect(missed?.map(({ publisher, sequence }) => `${publisher}${sequence}`)).toEqual(["b1", "a2", "b2"]);
  });

  it("says so when it does not reach back far enough", () => {
    const ring = createRing();
    ring.add(event("a", 5), 0);
    expect(ring.after(new Map([["a", 3]]))).toBeUndefined();
    expect(ring.after(new Map([["a", 4]]))).toHaveLength(1);
  });

  it("lets go of what is too old", () => {
    const ring = createRing();
    ring.add(event("a", 1), 0);
    ring.add(event("a", 2), LIMITS.ringMs + 1);
    expect(ring.after(new Map([["a", 0]]))).toBeUndefined();
    expect(ring.after(new Map([["a", 1]]))).toHaveLength(1);
  });

  it("passes over what came twice", () => {
    const ring = createRing();
    ring.add(event("a", 1), 0);
    ring.add(event("a", 1), 0);
    expect(ring.after(new Map([["a", 0]]))).toHaveLength(1);
  });
});
