import { OrreryError } from "@orrery/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { busErrors } from "./errors.ts";
import { explainRetry } from "./explain.ts";
import {
  backoffMs,
  defaultRetryPlan,
  finalReason,
  maxAttempts,
  RejectEvent,
  retryPlan,
  withJitter,
} from "./retry.ts";

test("pauses never shrink and never pass their maximum", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5000 }),
      fc.double({ min: 1, max: 10, noNaN: true }),
      (firstDelayMs, factor) => {
        const backoff = { firstDelayMs, factor, maxDelayMs: firstDelayMs + 60_000 };
        let before = 0;
        for (let n = 1; n < 30; n++) {
          const pause = backoffMs(backoff, n);
          expect(pause).toBeGreaterThanOrEqual(before);
          expect(pause).toBeLessThanOrEqual(backoff.maxDelayMs);
          before = pause;
        }
      },
    ),
  );
});

test("jitter only lengthens", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (jitter, dice) => {
        expect(withJitter(100, jitter, () => dice)).toBeGreaterThanOrEqual(100);
      },
    ),
  );
});

test("a plan out of range, or longer than the transport can delay, is refused with the range", () => {
  expect(() => retryPlan({ inProcess: { attempts: 0 } })).toThrow(/BUS_BAD_OPTION.*1\.\.20/);
  expect(() => retryPlan({ jitter: 2 })).toThrow(/BUS_BAD_OPTION/);
  expect(() => retryPlan({ atBroker: { maxDelayMs: 1 } })).toThrow(/BUS_BAD_OPTION/);
  expect(() => retryPlan({}, 900)).toThrow(/BUS_FEATURE_MISSING.*900/);
});

test("what is pointless to try again is known by its error", () => {
  expect(finalReason(new Error("x"))).toBeUndefined();
  expect(finalReason(new RejectEvent("no"))).toBe("REJECTED");
  expect(finalReason(new OrreryError(busErrors.BUS_THROTTLED))).toBeUndefined();
  expect(finalReason(new OrreryError(busErrors.BUS_NOT_AN_EVENT))).toBe("REJECTED");
  const kind = {
    code: "WIRE_TRUNCATED",
    status: "internal",
    summary: "s",
    todo: "t",
    retryable: false,
  } as const;
  expect(finalReason(new OrreryError(kind))).toBe("UNDECODABLE");
});

test("explains its schedule in words", () => {
  const text = explainRetry({ ...defaultRetryPlan, jitter: 0 }, false);
  expect(text).toContain("Round 1: 3 attempts inside the lease, pauses of 100 ms, 300 ms.");
  expect(text).toContain("Round 2: 2 s later (it waits at the broker), 3 attempts.");
  expect(text).toContain(`a dead letter: ${maxAttempts(defaultRetryPlan)} attempts in all`);
});
