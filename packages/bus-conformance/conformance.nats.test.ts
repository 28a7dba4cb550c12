import { describe, expect, test } from "vitest";
import { FAULTS } from "./faults/mod.ts";
import { INVARIANTS } from "./invariants/mod.ts";
import { natsBroker } from "./nats.ts";
import { runConformance } from "./run.ts";

const SCALE = Number(process.env.CONFORMANCE_SCALE ?? 0.05);
const SEED = Number(process.env.CONFORMANCE_SEED ?? 1);
/** Harm to what the server stores is the server's to find. */
const WITHOUT = ["F12"];

for (const syncAlways of [false, true]) {
  const name = `nats${syncAlways ? ", synced" : ""}`;
  const answerOf = async (id: string) =>
    (await runConformance(natsBroker({ syncAlways }), { only: [id], scale: SCALE, seed: SEED })).results[0];

  for (const { id, title } of INVARIANTS) {
    test(`${name} ${id}: ${title}`, async () => {
      expect(await answerOf(id)).toMatchObject({ answer: "pass", why: "" });
    });
  }

  describe.concurrent(`${name}, while something breaks`, () => {
    for (const { id, title } of FAULTS) {
      test(`${id}: ${title}`, async ({ expect }) => {
        const wanted = WITHOUT.includes(id)
          ? { answer: "not-run", why: expect.stringMatching(/^no way to/) }
          : { answer: "pass", why: "" };
        expect(await answerOf(id)).toMatchObject(wanted);
      }, 240_000);
    }
  });
}
