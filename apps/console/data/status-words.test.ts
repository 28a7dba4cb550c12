import { expect, it } from "vitest";
import { statusWords } from "./status-words.ts";

it("what comes back by itself is told from what does not", () => {
  const status = { sinceMs: 0, reason: "Somebody sent you away" } as const;
  expect(statusWords({ ...status, state: "lost" })).toMatch(/^No word .* It comes back by itself\.$/);
  expect(statusWords({ ...status, state: "closed" })).toBe(
    "The connection has ended: Somebody sent you away. Reload the page to come in again.",
  );
});
