// Random lives of a client against an edge that cuts, refuses, goes dumb and restarts, in virtual time:
// node bench/client/machine.ts [--steps 100000] [--seed 1] [--json]
import { parseArgs } from "node:util";
import { liveOnce } from "@orrery/client/testing/machine.ts";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const wanted = Number(values.steps);
const STEPS_A_LIFE = 120;

let unhandled = 0;
process.on("unhandledRejection", () => (unhandled += 1));

let [lives, steps, gapless, snapshots, refused] = [0, 0, 0, 0, 0];
const broken: string[] = [];
for (let seed = Number(values.seed); steps < wanted; seed++) {
  const life = await liveOnce(seed, STEPS_A_LIFE);
  lives += 1;
  steps += life.steps;
  gapless += life.gapless;
  snapshots += life.snapshots;
  refused += life.refused ? 1 : 0;
  for (const what of life.broken) broken.push(`seed ${seed}: ${what}`);
}
if (unhandled > 0) broken.push(`${unhandled} rejections that nobody handled`);

const result = { lives, steps, gapless, snapshots, refused, broken: broken.length, first: broken[0] ?? "" };
if (values.json) console.log(JSON.stringify(result));
else {
  console.log(
    `${steps} steps in ${lives} lives: ${gapless} resumes without a gap, ${snapshots} with snapshots, ${refused} ended by the edge; ${broken.length} broken`,
  );
  for (const what of broken.slice(0, 10)) console.log(what);
}
process.exitCode = broken.length === 0 ? 0 : 1;
