import { describe, expect, it } from "vitest";
import { LIMITS } from "../limits.ts";
import { createInFlight } from "./in-flight.ts";

describe("what a client has not read yet", () => {
  it("stops the writing until the client has read on", () => {
    const inFlight = createInFlight();
    inFlight.sent(LIMITS.inFlightBytes + 1);
    expect(inFlight.full).toBe(true);
    const probe = inFlight.probe() as Buffer;
    inFlight.sent(100);
    inFlight.answered(probe);
    expect(inFlight.full).toBe(false);
  });

  it("asks once at a time, and not for little", () => {
    const inFlight = createInFlight();
    expect(inFlight.probe()).toBeUndefined();
    inFlight.sent(LIMITS.probeBytes);
    expect(inFlight.probe()).toBeDefined();
    inFlight.sent(LIMITS.probeBytes);
    expect(inFlight.probe()).toBeUndefined();
  });

  it("takes no pong that it did not ask for", () => {
    const inFlight = createInFlight();
    inFlight.sent(LIMITS.inFlightBytes + 1);
    const early = Buffer.alloc(8);
    early.writeDoubleBE(LIMITS.inFlightBytes + 1);
    inFlight.answered(early);
    inFlight.probe();
    inFlight.answered(Buffer.from("nonsense"));
    inFlight.answered(Buffer.alloc(0));
    expect(inFlight.full).toBe(true);
  });
});
