// 200,000 events through SNS and SQS, as an emulator has them, behind a proxy that throttles, fails batches in part,
// loses replies, cuts, and hands messages out again and out of order, while consumers are killed and stopped:
//   node bench/chaos/sns-sqs.ts [--events 200000] [--rate 3000] [--seed 1] [--json]
// Exit 0: nothing lost, invented, changed, done twice or out of order; 1: something was; 3: no emulator here.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { findMinistack, startMinistack } from "@orrery/bus-aws/testing";
import { type HttpFaults, startHttpProxy } from "@orrery/bus-conformance/proxy";
import type { Fault } from "./faults.ts";
import { runChaos } from "./run.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "200000" },
    rate: { type: "string", default: "3000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const NOT_RUN = 3;
if (findMinistack() === undefined) {
  console.error("no ministack here: pip install ministack, or name it in MINISTACK");
  process.exit(NOT_RUN);
}
const seed = Number(values.seed);
const uniform = seededNumbers(seed + 2);
const emulator = await startMinistack();
const proxy = await startHttpProxy(emulator.endpoint, uniform);
const between = (least: number, most: number) => least + uniform() * (most - least);
/** What always happens a little, and is worse for a while when a fault strikes. */
const ALWAYS: Partial<HttpFaults> = { partial: 0.02, repeated: 0.02, reordered: 0.1, replyLost: 0.002 };

function spell(name: string, faults: Partial<HttpFaults>): Fault {
  return {
    name,
    async strike() {
      proxy.set({ ...ALWAYS, ...faults });
      await sleep(between(1_000, 3_000));
      proxy.set(ALWAYS);
    },
  };
}
proxy.set(ALWAYS);
try {
  const report = await runChaos({
    at: { kind: "aws", endpoint: proxy.endpoint },
    seed,
    events: Number(values.events),
    eventsPerS: Number(values.rate),
    perFrame: 100,
    faults: [
      spell("throttled", { throttled: 0.5 }),
      spell("unavailable", { unavailable: 0.7 }),
      spell("replies lost", { replyLost: 0.2 }),
      spell("batches fail in part", { partial: 0.7 }),
      spell("repeated and reordered", { repeated: 0.5, reordered: 0.8 }),
      spell("slow", { slowMs: 100 }),
      {
        name: "connections cut",
        async strike() {
          proxy.cut();
        },
      },
    ],
    settleMs: 120_000,
  });
  const told = { ...report, mishaps: proxy.counts };
  console.log(values.json ? JSON.stringify(told) : told);
  if (!values.json) console.log(report.subscriptions);
  process.exitCode = report.faults === 0 ? 0 : 1;
} finally {
  await proxy.close();
  await emulator.close();
}
