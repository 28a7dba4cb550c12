// Transfers at a rate by many players, the service killed amid them with SIGKILL; then every balance against what was
// acknowledged, the legs, and the fold of what was told.
//   node bench/payment/kill9.ts [--rounds 3] [--rate 2000] [--seconds 4] [--players 10000] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { LedgerPosted } from "@orrery/schema/payment/v1";
import { startKilled } from "./calls.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "4" },
    players: { type: "string", default: "10000" },
    json: { type: "boolean", default: false },
  },
});
const [rounds, rate, seconds, players] = [values.rounds, values.rate, values.seconds, values.players].map(
  Number,
) as [number, number, number, number];
const folder = mkdtempSync(join(process.cwd(), ".bench-payment-"));
const uniform = seededNumbers(5);
/** What each player has by what was acknowledged. */
const due = new Map<number, number>();
let [asked, acknowledged, refused] = [0, 0, 0];

function transferOf(number: number): { player: number; amount: number; request: Record<string, unknown> } {
  const player = Math.floor(uniform() * players);
  const spends = (due.get(player) ?? 0) > 50 && uniform() < 0.4;
  const amount = (spends ? -1 : 1) * (1 + Math.floor(uniform() * 40));
  const legs = [
    { accountId: spends ? "system:sink/coin" : "system:mint/coin", amount: -amount },
    { accountId: `player:p${player}/coin`, amount },
  ];
  return {
    player,
    amount,
    request: { worldId: "w", idempotencyKey: `kill9-${number}`.padEnd(12, "-"), currency: "coin", legs },
  };
}

try {
  const service = await startKilled(folder, {});
  const going = new Set<Promise<void>>();
  let sent = 0;
  for (let round = 1; round <= rounds; round++) {
    const began = performance.now();
    const from = sent;
    while (performance.now() - began < seconds * 1_000) {
      for (const until = from + ((performance.now() - began) * rate) / 1_000; sent < until; sent++) {
        const { player, amount, request } = transferOf(sent);
        asked += 1;
        const done = service.ask("wallet", "transfer", request).then(({ code }) => {
          if (code !== undefined) return void (refused += 1);
          acknowledged += 1;
          due.set(player, (due.get(player) ?? 0) + amount);
        });
        going.add(done);
        void done.finally(() => going.delete(done));
      }
      await wait(2);
    }
    const open = going.size;
    await service.kill();
    if (!values.json) console.error(`round ${round}: killed with ${open} without an answer`);
  }
  await Promise.all(going);
  await service.stop();
  const report = { rounds, asked, acknowledged, refused, ...(await verdict()) };
  const { wrong, imbalances, gaps, untold } = report;
  process.exitCode = wrong + imbalances + gaps + untold === 0 && acknowledged > 0 ? 0 : 1;
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// A drained bus leaves the timer of its deadline behind.
process.exit();

async function verdict() {
  const { host, clients } = await openScene(folder);
  const folded = new Map<string, number>();
  const seqs = new Set<number>();
  const subscription = host.surroundings.bus.subscribe({
    id: "bench/payment",
    types: [LedgerPosted.typeName],
    order: "key",
    from: "earliest",
    handle(event) {
      const { ledgerId, seq, legs } = event.decode(LedgerPosted);
      if (ledgerId !== "w/coin" || seqs.has(seq)) return;
      seqs.add(seq);
      for (const { accountId, amount } of legs) folded.set(accountId, (folded.get(accountId) ?? 0) + amount);
    },
  });
  const { imbalances, transactions } = await clients.operator.audit({ worldId: "w" }, { timeoutMs: 120_000 });
  for (let waited = 0; seqs.size < transactions && waited < 600; waited++) await wait(50);
  let [wrong, untold] = [0, 0];
  for (const [player, amount] of due) {
    const { accounts } = await clients.wallet.getBalances({ worldId: "w", playerId: `player:p${player}` });
    if (accounts[0]?.balance !== amount) wrong += 1;
    if ((folded.get(`player:p${player}/coin`) ?? 0) !== amount) untold += 1;
  }
  await subscription.drain();
  await host.stop();
  const highest = Math.max(0, ...[...seqs].slice(-1), transactions);
  return { transactions, imbalances: imbalances.length, wrong, untold, gaps: highest - seqs.size };
}
