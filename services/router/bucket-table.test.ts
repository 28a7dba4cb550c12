import { expect, it } from "vitest";
import { bucketTable } from "./bucket-table.ts";

it("limits each by itself, and forgets those that are far from their limit", () => {
  const table = bucketTable({ perS: 1, burst: 2 });
  expect([table.take("a", 0), table.take("a", 0)]).toEqual([0, 0]);
  expect(table.take("a", 0)).toBeGreaterThan(0);
  expect(table.take("b", 0)).toBe(0);
  for (let at = 0; at < 10_000; at++) table.take(`guest ${at}`, 10_000 + at * 10);
  expect(table.size).toBeLessThan(3_000);
});
