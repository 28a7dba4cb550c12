import type { Claim } from "../claim.ts";
import { benchJson } from "../program.ts";

interface Machine {
  readonly lives: number;
  readonly steps: number;
  readonly gapless: number;
  readonly snapshots: number;
  readonly refused: number;
  readonly broken: number;
  readonly first: string;
}

const SHORT_STEPS = "20000";
const FULL_STEPS = "100000";

export const claims: readonly Claim[] = [
  {
    id: "client.machine",
    sentence:
      "The SDK holds under random cuts, silence, refusals, token ends and restarts in every order of subscribing, calling and closing",
    measured: "bench/client/machine.ts, in virtual time against an edge that keeps to docs/edge-protocol.md",
    threshold:
      "every open subscription equals a fresh snapshot in the end, nothing twice, no promise open after its deadline, no rejection unhandled, no timer left",
    async run(full) {
      const steps = full ? FULL_STEPS : SHORT_STEPS;
      const {
        lives,
        steps: taken,
        gapless,
        snapshots,
        refused,
        broken,
        first,
      } = await benchJson<Machine>("bench/client/machine.ts", "--steps", steps);
      const figure = `${taken} steps in ${lives} lives, ${gapless} resumes without a gap, ${snapshots} with snapshots, ${refused} ended by the edge: ${broken} broken${first && ` (${first})`}`;
      return { status: broken === 0 && lives > 0 ? "pass" : "fail", figure };
    },
  },
];
