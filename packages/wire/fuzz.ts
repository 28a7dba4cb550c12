// Hostile input against every reader, for as long as one likes. Exit 0: nothing but coded errors; 1: something else.
//   node packages/wire/fuzz.ts [--million | --inputs <n>] [--seed <n>] [--json]
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { codecs } from "@orrery/schema/registry";
import { codecs as torture } from "./test-schema/gen/registry.ts";
import { assault } from "./testing/assault.ts";
import { createDice } from "./testing/damage.ts";
import { createFrames, createSamples } from "./testing/samples.ts";

const { values } = parseArgs({
  options: {
    million: { type: "boolean", default: false },
    inputs: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const inputs = values.inputs === undefined ? (values.million ? 1_000_000 : 100_000) : Number(values.inputs);
const samples = createSamples(new Map([...torture, ...codecs]).values(), 6, seed);
const frames = createFrames(samples);
const dice = createDice(seed);

assault(samples, frames, Math.min(inputs, 20_000), dice);
const before = heapMb();
const beganMs = performance.now();
const toll = assault(samples, frames, inputs, dice);
const seconds = (performance.now() - beganMs) / 1000;
const grownMb = heapMb() - before;
const failed = toll.undetected > 0 || toll.slowestMs > 1000 || grownMb > 32;

const result = { ...toll, refused: Object.fromEntries(toll.refused), seconds, grownMb, failed };
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  process.stdout.write(
    `${inputs} inputs in ${seconds.toFixed(1)} s: ${toll.read} read, the others refused\n`,
  );
  for (const [code, count] of [...toll.refused].sort())
    process.stdout.write(`  ${code.padEnd(24)}${count}\n`);
  process.stdout.write(
    `damaged frames opened: ${toll.undetected}; slowest input ${toll.slowestMs.toFixed(1)} ms; heap grew ${grownMb.toFixed(1)} MB\n`,
  );
}
process.exitCode = failed ? 1 : 0;

/** After a collection: what is held, not what was dropped lately. */
function heapMb(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed / 1_048_576;
}
