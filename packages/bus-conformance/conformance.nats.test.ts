import { expect, test } from "vitest";
import { INVARIANTS } from "./invariants/mod.ts";
import { natsBroker } from "./nats.ts";
import { runConformance } from "./run.ts";

const SCALE = Number(process.env.CONFORMANCE_SCALE ?? 0.05);
const SEED = Number(process.env.CONFORMANCE_SEED ?? 1);

for (const syncAlways of [false, true]) {
  for (const { id, title } of INVARIANTS) {
    test(`nats${syncAlways ? ", synced" : ""} ${id}: ${title}`, async () => {
      const verdict = await runConformance(natsBroker({ syncAlways }), {
        only: [id],
        scale: SCALE,
        seed: SEED,
      });
      expect(verdict.results[0]).toMatchObject({ answer: "pass", why: "" });
    });
  }
}
