import { expect, test } from "vitest";
import { awsBroker } from "./aws.ts";
import { INVARIANTS } from "./invariants/mod.ts";
import { runConformance } from "./run.ts";

const SCALE = Number(process.env.CONFORMANCE_SCALE ?? 0.05);
const SEED = Number(process.env.CONFORMANCE_SEED ?? 1);

for (const frames of ["base64", "attribute"] as const) {
  for (const { id, title, needs } of INVARIANTS) {
    test(`aws, frames in ${frames}, ${id}: ${title}`, async () => {
      const verdict = await runConformance(awsBroker({ frames }), { only: [id], scale: SCALE, seed: SEED });
      // What is not claimed is said to be not run, with the reason; what is claimed must hold.
      const unclaimed = needs?.(verdict.features);
      const wanted =
        unclaimed === undefined ? { answer: "pass", why: "" } : { answer: "not-run", why: unclaimed };
      expect(verdict.results[0]).toMatchObject(wanted);
    });
  }
}
