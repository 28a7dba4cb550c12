// Runs the suite: node packages/bus-conformance/main.ts memory|memory-disorder|embedded|nats|nats-synced [--scale 0.05] [--seed 1] [--only I1,I5] [--json]
import { parseArgs } from "node:util";
import { embeddedBroker, memoryBroker } from "./local.ts";
import { natsBroker } from "./nats.ts";
import { runConformance } from "./run.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const BROKERS = {
  memory: () => memoryBroker(),
  "memory-disorder": () => memoryBroker({ disorder: true }),
  embedded: () => embeddedBroker(),
  nats: () => natsBroker(),
  "nats-synced": () => natsBroker({ syncAlways: true }),
};
const name = positionals[0] ?? "memory";
if (!(name in BROKERS)) {
  console.error(`No transport "${name}": choose ${Object.keys(BROKERS).join(", ")}`);
  process.exit(2);
}
const make = BROKERS[name as keyof typeof BROKERS]();
const verdict = await runConformance(make, {
  scale: Number(values.scale),
  seed: Number(values.seed),
  ...(values.only === undefined ? {} : { only: values.only.split(",") }),
});
if (values.json) console.log(JSON.stringify(verdict, null, 2));
else {
  for (const { id, answer, title, why, figures, tookMs } of verdict.results) {
    const tail = answer === "pass" ? JSON.stringify(figures) : why;
    console.log(`${id.padEnd(4)} ${answer.padEnd(7)} ${String(tookMs).padStart(6)} ms  ${title}  ${tail}`);
  }
  console.log(`${name}: ${verdict.answer} (seed ${verdict.seed}, scale ${verdict.scale})`);
}
process.exit(verdict.answer === "pass" ? 0 : verdict.answer === "fail" ? 1 : 3);
