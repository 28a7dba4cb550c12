import { describe, expect, test } from "vitest";
import { embeddedBroker } from "./embedded.ts";
import { FAULTS } from "./faults/mod.ts";
import { INVARIANTS } from "./invariants/mod.ts";
import { memoryBroker } from "./memory.ts";
import { runConformance } from "./run.ts";

const SCALE = Number(process.env.CONFORMANCE_SCALE ?? 0.05);
const SEED = Number(process.env.CONFORMANCE_SEED ?? 1);
/** Nothing else may be left out: no server, no network, no credentials. */
const NO_SERVER = ["F4", "F5", "F11"];

const BROKERS = [
  ["memory", () => memoryBroker(), [...NO_SERVER, "F12"]],
  ["memory with disorder", () => memoryBroker({ disorder: true }), [...NO_SERVER, "F12"]],
  ["embedded", () => embeddedBroker(), NO_SERVER],
] as const;

async function answerOf(make: ReturnType<(typeof BROKERS)[number][1]>, id: string) {
  const { results } = await runConformance(make, { only: [id], scale: SCALE, seed: SEED });
  return results[0];
}

for (const [name, make, without] of BROKERS) {
  for (const { id, title } of INVARIANTS) {
    test(`${name} ${id}: ${title}`, async () => {
      expect(await answerOf(make(), id)).toMatchObject({ answer: "pass", why: "" });
    });
  }

  // They wait most of the time: for leases to run out, for processes to start.
  describe.concurrent(`${name}, while something breaks`, () => {
    for (const { id, title } of FAULTS) {
      const isLeftOut = without.some((one) => one === id);
      test(`${id}: ${title}`, async ({ expect }) => {
        expect(await answerOf(make(), id)).toMatchObject(
          isLeftOut
            ? { answer: "not-run", why: expect.stringMatching(/^no way to/) }
            : { answer: "pass", why: "" },
        );
      }, 90_000);
    }
  });
}
