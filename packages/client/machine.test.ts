import { describe, expect, it } from "vitest";
import { liveOnce } from "./testing/machine.ts";

const LIVES = 40;
const STEPS = 60;

describe("a client's life", () => {
  it(`holds in ${LIVES} random lives of up to ${STEPS} steps each`, async () => {
    for (let seed = 1; seed <= LIVES; seed++)
      expect({ seed, ...(await liveOnce(seed, STEPS)) }).toMatchObject({ seed, broken: [] });
  });
});
