import fc from "fast-check";
import { expect, test } from "vitest";
import { createSeen } from "./seen.ts";

const range = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }));

test("answers like a plain set of sequences, whatever order ranges come in", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), range, (added, [askFirst, askMore]) => {
      const seen = createSeen();
      const plain = new Set<number>();
      for (const [first, more] of added) {
        seen.add("p", first, first + more);
        for (let n = first; n <= first + more; n++) plain.add(n);
      }
      const asked = Array.from({ length: askMore + 1 }, (_, i) => askFirst + i);
      const known = asked.filter((n) => plain.has(n)).length;
      const expected = known === 0 ? "none" : known === asked.length ? "all" : "some";
      expect(seen.check("p", askFirst, askFirst + askMore)).toBe(expected);
      for (const n of asked) expect(seen.has("p", n)).toBe(plain.has(n));
      expect(seen.has("q", askFirst)).toBe(false);
    }),
  );
});

test("forgets the oldest first and never takes a new event for a double", () => {
  const seen = createSeen(2, 3);
  for (let n = 1; n <= 20; n += 2) seen.add("p", n, n);
  expect(seen.has("p", 1)).toBe(false);
  expect(seen.has("p", 19)).toBe(true);
  expect(seen.check("p", 20, 20)).toBe("none");
  seen.add("q", 1, 1);
  seen.add("r", 1, 1);
  expect(seen.has("p", 19)).toBe(false);
  expect(seen.has("r", 1)).toBe(true);
});
