import { describe, expect, it } from "vitest";
import { createMarks } from "./marks.ts";

const mark = (publisher: string, sequence: number) =>
  ({ $typeName: "router.v1.StreamMark", publisher, sequence, lane: 2 }) as const;
const cursor = (marks: ReturnType<typeof createMarks>) =>
  Object.fromEntries(marks.list().map(({ publisher, sequence }) => [publisher, sequence]));

describe("a client's marks", () => {
  it("take each event of a stream once", () => {
    const marks = createMarks();
    expect([1, 2, 2, 1, 5].map((sequence) => marks.take("p", sequence, "standard"))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it("do not let one subscription's snapshot hide the events of another", () => {
    const marks = createMarks();
    marks.cover("a", [mark("p", 5)]);
    marks.cover("b", [mark("p", 9)]);
    expect(marks.take("p", 7, "standard")).toBe(true);
    expect([marks.covers("a", "p", 7), marks.covers("b", "p", 7)]).toEqual([false, true]);
  });

  it("resume where every subscription is covered, or where live events have come to", () => {
    const marks = createMarks();
    marks.cover("a", [mark("p", 5), mark("q", 4)]);
    marks.cover("b", [mark("p", 9)]);
    expect(cursor(marks)).toEqual({ p: 5 });
    marks.uncover("b");
    marks.take("p", 6, "standard");
    expect(cursor(marks)).toEqual({ p: 6, q: 4 });
  });
});
