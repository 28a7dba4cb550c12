// How many transactions a second are committed, and how long each takes, by many callers at once and at a given rate.
//   node bench/payment/speed.ts [--seconds 4] [--callers 64] [--rate 1000] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    callers: { type: "string", default: "64" },
    rate: { type: "string", default: "1000" },
    json: { type: "boolean", default: false },
  },
});
const PLAYERS = 10_000;
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(process.cwd(), ".bench-payment-"));
const { host, clients } = await openScene(folder);
let number = 0;

async function transfer(): Promise<number> {
  const from = performance.now();
  const legs = [
    { accountId: "system:mint/coin", amount: -1 },
    { accountId: `player:p${++number % PLAYERS}/coin`, amount: 1 },
  ];
  await clients.wallet.transfer({
    worldId: "w",
    idempotencyKey: `speed-${number}`.padEnd(12, "-"),
    currency: "coin",
    legs,
  });
  return performance.now() - from;
}
const p99 = (times: readonly number[]) =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;

async function flatOut() {
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  const caller = async () => {
    while (performance.now() < end) times.push(await transfer());
  };
  await Promise.all(Array.from({ length: Number(values.callers) }, caller));
  return { perSecond: Math.round(times.length / seconds), p99Ms: p99(times) };
}

async function paced() {
  const rate = Number(values.rate);
  const times: Promise<number>[] = [];
  const began = performance.now();
  while (performance.now() - began < seconds * 1_000) {
    while (times.length < ((performance.now() - began) * rate) / 1_000) times.push(transfer());
    await wait(1);
  }
  return { perSecond: Math.round(times.length / seconds), p99Ms: p99(await Promise.all(times)) };
}

async function reads() {
  const times: number[] = [];
  for (let read = 0; read < 2_000; read++) {
    const from = performance.now();
    await clients.wallet.getBalances({ worldId: "w", playerId: `player:p${read % PLAYERS}` });
    times.push(performance.now() - from);
  }
  return { p99Ms: p99(times) };
}

await flatOut();
const report = { posts: await flatOut(), paced: await paced(), balances: await reads(), audit: { ms: 0 } };
const from = performance.now();
const { imbalances, legs } = await clients.operator.audit({}, { timeoutMs: 120_000 });
const done = {
  ...report,
  audit: { ms: Math.round(performance.now() - from), legs, imbalances: imbalances.length },
};
console.log(values.json ? JSON.stringify(done) : done);
await host.stop();
rmSync(folder, { recursive: true, force: true });
// A drained bus leaves the timer of its deadline behind.
process.exit();
