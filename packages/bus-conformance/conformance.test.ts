import { expect, test } from "vitest";
import { INVARIANTS } from "./invariants/mod.ts";
import { embeddedBroker } from "./embedded.ts";
import { memoryBroker } from "./memory.ts";
import { runConformance } from "./run.ts";

const SCALE = Number(process.env.CONFORMANCE_SCALE ?? 0.05);
const SEED = Number(process.env.CONFORMANCE_SEED ?? 1);

const BROKERS = [
  ["memory", () => memoryBroker()],
  ["memory with disorder", () => memoryBroker({ disorder: true })],
  ["embedded", () => embeddedBroker()],
] as const;

for (const [name, make] of BROKERS) {
  for (const { id, title } of INVARIANTS) {
    test(`${name} ${id}: ${title}`, async () => {
      const verdict = await runConformance(make(), { only: [id], scale: SCALE, seed: SEED });
      expect(verdict.results[0]).toMatchObject({ answer: "pass", why: "" });
    });
  }
}
