import fc from "fast-check";
import { testWorld } from "@orrery/simulation/testing";
import {
  AdvanceToRequest,
  AdvanceToResponse,
  ClockAdjusted,
  HoldRequest,
  HoldResponse,
  ReleaseRequest,
  ReleaseResponse,
  SetRateRequest,
  SetRateResponse,
  SkipToRequest,
  SkipToResponse,
} from "@orrery/schema/time/v1";
import { describe, expect, it } from "vitest";
import { clock } from "./clock.ts";
import { gameGs } from "./reading.ts";
import { type Segment, toGame, toReal } from "./segments.ts";
import { valleyCalendar } from "./testing.ts";

const EPOCH_MS = 1_750_000_000_000;
const DAY = 86_400;

type Deed =
  | { readonly kind: "rate"; readonly rate: number }
  | { readonly kind: "hold" }
  | { readonly kind: "release" }
  | { readonly kind: "skip"; readonly byGs: number };

const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    kind: fc.constant("rate" as const),
    rate: fc.constantFrom(0.1, 1, 45, 60, 61, 90, 3_600, 36_000),
  }),
  fc.constantFrom({ kind: "hold" } as const, { kind: "release" } as const),
  fc.record({ kind: fc.constant("skip" as const), byGs: fc.integer({ min: 1, max: 9 * DAY }) }),
);

/** A world to which these things happen, some real time apart; its segments and when it all ended. */
function history(deeds: readonly (readonly [number, Deed])[]) {
  const pack = { calendar: valleyCalendar() };
  const world = testWorld(
    clock,
    { worldId: "vale", seed: "s", epochMs: EPOCH_MS, rate: 60, pack },
    "time-manager",
  );
  let nowMs = EPOCH_MS;
  for (const [afterMs, deed] of deeds) {
    nowMs += afterMs;
    const about = { stampedMs: nowMs };
    if (deed.kind === "rate") world.run(SetRateRequest, SetRateResponse, { rate: deed.rate }, about);
    else if (deed.kind === "hold") world.run(HoldRequest, HoldResponse, { name: "h" }, about);
    else if (deed.kind === "release") world.run(ReleaseRequest, ReleaseResponse, { name: "h" }, about);
    else {
      // A target that the clock has passed meanwhile is refused.
      const toGs = gameGs(world.state.root, nowMs) + deed.byGs;
      world.run(
        SkipToRequest,
        SkipToResponse,
        { target: { case: "toGs", value: toGs }, confirmLong: true },
        about,
      );
      nowMs += 5;
      world.run(AdvanceToRequest, AdvanceToResponse, { toGs }, { stampedMs: nowMs });
    }
  }
  const segments = world.emitted(ClockAdjusted).map(
    ({ event }): Segment => ({
      revision: event.revision,
      from_ms: event.anchorMs,
      from_gs: event.anchorGs,
      carry_s: event.carryS,
      rate: event.rate,
      paused: event.paused,
    }),
  );
  return { segments, nowMs, cursorGs: world.state.root.cursorGs };
}

describe("converting instants over what a clock has been through", () => {
  it("leads from a game second to a real instant and back to that second, outside pauses and skips", () => {
    const lives = fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), anyDeed), { maxLength: 12 });
    fc.assert(
      fc.property(lives, fc.double({ min: 0, max: 1, noNaN: true }), (deeds, share) => {
        const { segments, nowMs, cursorGs } = history(deeds);
        for (const [i, segment] of segments.entries()) {
          const next = segments[i + 1];
          const endGs = next === undefined ? cursorGs : Math.min(next.from_gs, cursorGs);
          if (segment.paused || endGs <= segment.from_gs) continue;
          const atGs = segment.from_gs + Math.floor(share * (endGs - segment.from_gs));
          const { atMs, approximate } = toReal(segments, atGs, cursorGs);
          expect(approximate).toBe(false);
          expect(toGame(segments, atMs, nowMs)).toEqual({ atGs, approximate: false });
        }
      }),
      { numRuns: 200 },
    );
  });

  it("gains no second in ten years at any rate", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 36_000, noNaN: true }), fc.nat(3_600 * DAY), (rate, gs) => {
        const segment = { revision: 1, from_ms: EPOCH_MS, from_gs: 0, carry_s: 0, rate, paused: false };
        expect(toGame([segment], toReal([segment], gs, gs).atMs, Infinity).atGs).toBe(gs);
      }),
    );
  });
});
