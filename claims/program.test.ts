import { expect, it } from "vitest";
import { lastWords } from "./program.ts";

it("of a failed program the error is told, not the dump below it", () => {
  const said = `at work\nConnectError: [unavailable] ROUTER_DRAINING: it ends\n    at x (y.ts:1)\n  value: Uint8Array(3) [\n    5, 97, 121\n  ]\n`;
  expect(lastWords(said)).toMatch(/^ConnectError: \[unavailable\] ROUTER_DRAINING: it ends at x/);
  expect(lastWords("nothing of the kind\n  is here\n")).toBe("nothing of the kind is here");
  expect(lastWords("x".repeat(2_000))).toHaveLength(500);
});
