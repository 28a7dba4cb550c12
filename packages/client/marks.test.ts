import { describe, expect, it } from "vitest";
import { createMarks } from "./marks.ts";

const mark = (publisher: string, sequence: number) =>
  ({ $typeName: "router.v1.StreamMark", publisher, sequence, lane: 2 }) as const;
const cursor = (marks: ReturnType<typeof createMarks>) =>
  Object.fromEntries(marks.list().map(({ publisher, sequence }) => [publisher, sequence]));

describe("a client's marks", () => {
  it("take each event of a stream once", () => {
    const marks = createMarks(() => 0);
    expect([1, 2, 2, 1, 5].map((sequence) => marks.take("p", sequence, "standard"))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });

  it("do not let one subscription's snapshot hide the events of another", () => {
    const marks = createMarks(() => 0);
    marks.cover("a", [mark("p", 5)]);
    marks.cover("b", [mark("p", 9)]);
    expect(marks.take("p", 7, "standard")).toBe(true);
    expect([marks.covers("a", "p", 7), marks.covers("b", "p", 7)]).toEqual([false, true]);
  });

  it("resume where every subscription is covered, or where live events have come to", () => {
    const marks = createMarks(() => 0);
    marks.cover("a", [mark("p", 5), mark("q", 4)]);
    marks.cover("b", [mark("p", 9)]);
    expect(cursor(marks)).toEqual({ p: 5 });
    marks.uncover("b");
    marks.take("p", 6, "standard");
    expect(cursor(marks)).toEqual({ p: 6, q: 4 });
  });
});

describe("a client's cursor", () => {
  it("stays within 8 KiB and names the streams that moved last", () => {
    let nowMs = 0;
    const marks = createMarks(() => nowMs);
    for (let at = 0; at < 500; at++) {
      nowMs = at;
      marks.take(`weather-manager/hollowmere/${at}`, 1, "standard");
    }
    const list = marks.list();
    expect(list.reduce((bytes, { publisher }) => bytes + publisher.length + 16, 0)).toBeLessThan(8_192);
    expect(list[0]?.publisher).toBe("weather-manager/hollowmere/499");
  });

  it("forgets publishers that have been silent for an hour, and takes up again those the edge still names", () => {
    let nowMs = 0;
    const marks = createMarks(() => nowMs);
    marks.take("restarted long ago", 9, "standard");
    marks.take("quiet", 4, "standard");
    nowMs = 3_600_001;
    expect(cursor(marks)).toEqual({});
    marks.raise([mark("quiet", 4)]);
    expect(cursor(marks)).toEqual({ quiet: 4 });
  });
});
