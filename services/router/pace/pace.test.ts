import { create } from "@bufbuild/protobuf";
import { BudgetState, FrameBudgetExceeded, Lane, ModeChanged } from "@orrery/schema/performance/v1";
import { HelloSchema } from "@orrery/schema/router/v1";
import { type Codec, encodeBytes, type InitOf } from "@orrery/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSession } from "../session.ts";
import { seenEvent } from "../testing.ts";
import { paceOf } from "./of-door.ts";
import { createPace } from "./pace.ts";
import { createPaces } from "./paces.ts";
import { createRelief } from "./relief.ts";

const MINUTE = 60_000;

/** Batches within so many seconds, of a door that beats at a rate. */
function batches(
  pace: ReturnType<typeof createPace>,
  fromMs: number,
  seconds: number,
  beatHz: number,
): number {
  let sent = 0;
  for (let beat = 0; beat < seconds * beatHz; beat++) {
    const nowMs = fromMs + (beat * 1_000) / beatHz;
    if (!pace.due(nowMs)) continue;
    pace.went(nowMs);
    sent += 1;
  }
  return sent;
}

describe("a pace", () => {
  it("is kept whatever the door's beat: as many batches as it says, and never more than one over", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 30, max: 60 }), (hz, beatHz) => {
        const pace = createPace(20);
        pace.hz = hz;
        expect(Math.abs(batches(pace, 0, 20, beatHz) - 20 * hz)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("does not make up for a quiet while", () => {
    const pace = createPace(20);
    pace.hz = 10;
    pace.went(0);
    expect(batches(pace, 60_000, 1, 60)).toBeLessThanOrEqual(11);
  });

  it("of a door is that of the fastest of a few, and its own for many", () => {
    expect([paceOf(20, 30, 1_000), paceOf(20, 30, 1_001), paceOf(20, 5, 3)]).toEqual([30, 20, 20]);
  });
});

describe("relief", () => {
  it("halves at once, and comes back by a quarter a minute", () => {
    const relief = createRelief();
    relief.exceeded(0);
    expect([relief.share(0), relief.share(10 * MINUTE)]).toEqual([0.5, 0.5]);
    relief.recovered(10 * MINUTE);
    const after = [0, 0.99, 1, 1.99, 2, 60].map((minutes) => relief.share((10 + minutes) * MINUTE));
    expect(after).toEqual([0.5, 0.5, 0.75, 0.75, 1, 1]);
  });

  it("waits twice as long each time it fails again, and forgets that after ten whole minutes", () => {
    const relief = createRelief();
    relief.exceeded(0);
    relief.recovered(0);
    relief.exceeded(1.5 * MINUTE);
    expect(relief.share(1.5 * MINUTE)).toBe(0.375);
    relief.recovered(2 * MINUTE);
    expect([relief.share(3.9 * MINUTE), relief.share(4 * MINUTE)]).toEqual([0.375, 0.625]);
    relief.exceeded(30 * MINUTE);
    relief.recovered(30 * MINUTE);
    expect(relief.share(31 * MINUTE)).toBe(0.75);
  });

  it("is let go by quarters where nobody says any more how it is", () => {
    const relief = createRelief();
    relief.exceeded(0);
    expect([relief.share(10 * MINUTE), relief.share(11.1 * MINUTE)]).toEqual([0.5, 0.75]);
  });

  it("is between an eighth and all of it, and never rises while it is not well", () => {
    const steps = fc.array(fc.record({ afterMs: fc.nat(20 * MINUTE), exceeded: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, (all) => {
        const relief = createRelief();
        let nowMs = 0;
        for (const { afterMs, exceeded } of all) {
          nowMs += afterMs;
          const before = relief.share(nowMs);
          if (exceeded) relief.exceeded(nowMs);
          else relief.recovered(nowMs);
          const share = relief.share(nowMs);
          expect(share).toBeLessThanOrEqual(before);
          expect(share).toBeGreaterThanOrEqual(0.125);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("the paces of a door", () => {
  const session = (player: string, device = "d") =>
    createSession({
      id: `${player} ${device}`,
      hello: create(HelloSchema, { deviceId: device }),
      claims: { player, role: "player", scopes: [], worlds: [], expiresMs: 0, issuedMs: 0 },
      world: "w",
      connectedMs: 0,
      share: 0,
    });
  let nowMs = 0;
  const kit = {
    clock: { now: () => nowMs, sleep: async () => {} },
    client: () => ({}) as never,
    log: console as never,
  };
  const event = <C extends Codec>(codec: C, init: InitOf<C>) =>
    seenEvent({ type: codec.typeName, payload: encodeBytes(codec, init).slice() });
  const mode = (playerId: string, clientEventHz: number, deviceId = "d") =>
    event(ModeChanged, { playerId, deviceId, clientEventHz });
  const lane = (playerId: string, state: BudgetState, worstChild: string) =>
    event(FrameBudgetExceeded, { playerId, deviceId: "d", lane: Lane.GAME, state, worstChild });

  it("follow what is said of each device, halve for its network alone, and are kept while it comes back", () => {
    nowMs = 0;
    const paces = createPaces(kit, 20);
    const [ada, ben] = [session("ada"), session("ben")];
    const [own, others] = [paces.enter(ada), paces.enter(ben)];
    paces.heard(mode("ada", 30));
    paces.heard(mode("ben", 10));
    paces.heard(mode("ben", 5, "another"));
    paces.heard(mode("nobody", 60));
    expect([own.hz, others.hz, paces.fastestHz]).toEqual([30, 10, 30]);
    paces.heard(lane("ada", BudgetState.EXCEEDED, "ai"));
    expect(own.relief.share(0)).toBe(1);
    paces.heard(lane("ada", BudgetState.EXCEEDED, "network"));
    expect([own.relief.share(0), others.relief.share(0)]).toEqual([0.5, 1]);
    const gpu = { playerId: "ada", deviceId: "d", lane: Lane.GPU, worstChild: "shadows" };
    for (const state of [BudgetState.EXCEEDED, BudgetState.RECOVERED])
      paces.heard(event(FrameBudgetExceeded, { ...gpu, state }));
    // Another lane's end says nothing of the network.
    expect(own.relief.share(5 * MINUTE)).toBe(0.5);
    paces.leave(ada);
    expect(paces.fastestHz).toBe(20);
    nowMs = 30_000;
    expect(paces.enter(ada)).toBe(own);
    paces.leave(ada);
    paces.leave(ben);
    nowMs = 120_000;
    expect(paces.enter(session("eve")).hz).toBeUndefined();
    expect(paces.enter(ada)).not.toBe(own);
  });
});
