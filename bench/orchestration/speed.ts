// How many steps a second, how soon a call goes out, what waiting executions cost, and how soon a start goes on.
//   node bench/orchestration/speed.ts [--executions 3000] [--waiting 100000] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    executions: { type: "string", default: "3000" },
    waiting: { type: "string", default: "100000" },
    json: { type: "boolean", default: false },
  },
});
const folder = mkdtempSync(join(process.cwd(), ".bench-orchestration-"));
const [EXECUTIONS, WAITING] = [Number(values.executions), Number(values.waiting)];
const AT_ONCE = 200;
const IDLE_MS = 20_000;
const quantile = (all: number[], share: number) =>
  [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;

const begun = new Map<string, number>();
const toFirstCall: number[] = [];
let calls = 0;
let scene = await openScene(folder, (_key, effect) => {
  calls += 1;
  const id = effect.slice("hold ".length, -"/a".length);
  const since = begun.get(id);
  if (effect.endsWith("/a") && since !== undefined) toFirstCall.push(performance.now() - since);
  begun.delete(id);
  return id.startsWith("open-") ? new Promise<boolean>(() => {}) : false;
});
const begin = (workflowId: string, id: string) => scene.start(workflowId, id);
async function all(count: number, act: (at: number) => Promise<unknown>) {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, count) }, async () => {
      for (let at = next++; at < count; at = next++) await act(at);
    }),
  );
}

// Paced: one after the other, as a busy shop begins them.
for (let at = 0; at < 500; at++) {
  begun.set(`paced-${at}`, performance.now());
  await begin("four", `paced-${at}`);
}
while (calls < 2_000) await wait(5);
const firstCallP99Ms = quantile(toFirstCall, 0.99);

calls = 0;
const started = performance.now();
await all(EXECUTIONS, (at) => begin("four", `run-${at}`));
while (calls < EXECUTIONS * 4) await wait(5);
const stepsPerSecond = (EXECUTIONS * 4) / ((performance.now() - started) / 1_000);

globalThis.gc?.();
const before = process.memoryUsage();
await all(WAITING, (at) => begin("waiting", `waiting-${at}`));
await wait(2_000);
globalThis.gc?.();
const after = process.memoryUsage();
const cpu = process.cpuUsage();
await wait(IDLE_MS);
const { user, system } = process.cpuUsage(cpu);
const waiting = {
  executions: WAITING,
  bytesEach: Math.round((after.heapUsed + after.external - before.heapUsed - before.external) / WAITING),
  idleCpuPercent: (100 * (user + system)) / (IDLE_MS * 1_000),
};

// What is out when it ends goes out again when it starts.
let first = 0;
await all(10_000, (at) => begin("four", `open-${at}`));
await scene.host.stop();
const from = performance.now();
scene = await openScene(folder, () => {
  first ||= performance.now();
  return false;
});
while (first === 0) await wait(5);
const restartMs = first - from;
await scene.host.stop();
rmSync(folder, { recursive: true, force: true });

const report = {
  machine: `${cpus().length} cores, ${cpus()[0]?.model.trim() ?? "?"}, Node ${process.version}`,
  stepsPerSecond: Math.round(stepsPerSecond),
  firstCallP99Ms,
  waiting,
  restartMs: Math.round(restartMs),
};
console.log(values.json ? JSON.stringify(report) : report);
const isWell =
  stepsPerSecond >= 1_500 &&
  firstCallP99Ms <= 20 &&
  waiting.bytesEach <= 1_500 &&
  waiting.idleCpuPercent < 1 &&
  restartMs <= 3_000;
process.exit(isWell ? 0 : 1);
