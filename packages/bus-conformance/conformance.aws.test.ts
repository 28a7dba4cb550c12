import { describe, expect, test } from "vitest";
import { awsBroker } from "./aws.ts";
import { FAULTS } from "./faults/mod.ts";
import { INVARIANTS } from "./invariants/mod.ts";
import { runConformance } from "./run.ts";

const SCALE = Number(process.env.CONFORMANCE_SCALE ?? 0.05);
const SEED = Number(process.env.CONFORMANCE_SEED ?? 1);
/** Harm to what SQS stores is its own to find. */
const WITHOUT = ["F12"];

for (const frames of ["base64", "attribute"] as const) {
  const resultOf = async (id: string) => {
    const verdict = await runConformance(awsBroker({ frames }), { only: [id], scale: SCALE, seed: SEED });
    return { ...verdict.results[0], features: verdict.features };
  };

  for (const { id, title, needs } of INVARIANTS) {
    test(`aws, frames in ${frames}, ${id}: ${title}`, async () => {
      const { features, ...result } = await resultOf(id);
      // What is not claimed is said to be not run, with the reason; what is claimed must hold.
      const unclaimed = needs?.(features);
      const wanted =
        unclaimed === undefined ? { answer: "pass", why: "" } : { answer: "not-run", why: unclaimed };
      expect(result).toMatchObject(wanted);
    });
  }

  describe(`aws, frames in ${frames}, while something breaks`, () => {
    for (const { id, title } of FAULTS) {
      test.concurrent(`${id}: ${title}`, async ({ expect }) => {
        const wanted = WITHOUT.includes(id)
          ? { answer: "not-run", why: expect.stringMatching(/^no way to/) }
          : { answer: "pass", why: "" };
        expect(await resultOf(id)).toMatchObject(wanted);
      });
    }
  });
}
