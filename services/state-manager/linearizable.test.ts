import { describe, expect, it } from "vitest";
import { disorder, type Operation } from "./testing/linearizable.ts";

const write = (called: number, answered: number, version: number): Operation => ({
  kind: "increment",
  condition: "any",
  by: 1,
  called,
  answered,
  answer: { won: true, version },
});

describe("the linearizability checker", () => {
  it("accepts writes that overlap, in the order of their versions", () => {
    expect(disorder([write(0, 5, 2), write(1, 4, 1), write(6, 7, 3)])).toBeUndefined();
  });

  it("finds a version that was given twice", () => {
    expect(disorder([write(0, 1, 1), write(2, 3, 1)])).toHaveLength(1);
  });

  it("finds an answer that is older than one given before it was asked for", () => {
    expect(disorder([write(0, 1, 2), write(2, 3, 1)])).toHaveLength(0);
  });

  it("finds a conflict that saw a state that never was", () => {
    const stale: Operation = {
      ...write(2, 3, 0),
      condition: 7,
      answer: { won: false, version: 9, absent: false },
    };
    expect(disorder([write(0, 1, 1), stale])).toHaveLength(1);
  });
});
