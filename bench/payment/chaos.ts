// Players at a till whose provider, webhooks and processes fail; then everything against what the provider says.
//   node bench/payment/chaos.ts [--lives 200] [--kills 5] [--seed 1] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { startDouble } from "@orrery/payment/double";
import { startKilled } from "./calls.ts";
import { judge } from "./judge.ts";
import { type Lived, live } from "./life.ts";
import { createPump } from "./pump.ts";

const { values } = parseArgs({
  options: {
    lives: { type: "string", default: "200" },
    kills: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const SECRET = "whsec_of_the_double";
const AT_ONCE = 12;
const DAY_MS = 86_400_000;
const DAYS = 60;
const lives = Number(values.lives);
const kills = Number(values.kills);
const seed = Number(values.seed);
const folder = mkdtempSync(join(process.cwd(), ".bench-payment-"));
const uniform = seededNumbers(seed);
const double = await startDouble(() => Date.now(), SECRET);
const settings = {
  PAYMENT_PROVIDER: "stripe",
  PAYMENT_STRIPE_KEY: "sk_test_double",
  PAYMENT_STRIPE_WEBHOOK_SECRETS: SECRET,
  PAYMENT_STRIPE_URL: double.url,
};

try {
  const began = performance.now();
  const service = await startKilled(folder, settings);
  const pump = createPump(service, double, uniform);
  const lived: Lived[] = [];
  let begun = 0;
  let ended = false;

  async function liveOn(): Promise<void> {
    while (begun < lives) {
      const number = ++begun;
      const own = seededNumbers(seed * 1_000_003 + number);
      lived.push(await live({ service, double, player: `player:l${number}`, uniform: own }));
    }
  }
  async function pumpOn(): Promise<void> {
    let daysAhead = 0;
    while (!ended) {
      pump.turn();
      // Two months at the provider, over all lives: renewals, failed cards.
      if (lived.length * DAYS > daysAhead * lives) {
        double.moveTo(Date.now() + ++daysAhead * DAY_MS);
        // What was due by then has come about; the clock is the service's again.
        double.state.aheadMs = 0;
      }
      await wait(5);
    }
  }
  async function killOn(): Promise<void> {
    for (let kill = 1; kill <= kills; kill++) {
      const at = Math.floor((lives * kill) / (kills + 1));
      while (lived.length < at) await wait(5);
      await service.kill();
      if (!values.json) console.error(`killed at ${lived.length} of ${lives} lives`);
    }
  }
  const pumping = pumpOn();
  await Promise.all([killOn(), ...Array.from({ length: AT_ONCE }, liveOn)]);
  ended = true;
  await pumping;
  await pump.drain();
  await service.stop();
  const { told, lost, doubled } = pump;
  const found = await judge(folder, settings, double, lived);
  const report = {
    ...{ lives: lived.length, kills: service.kills, webhooks: told, lost, doubled },
    payments: double.state.payments.size,
    subscriptions: double.state.subscriptions.size,
    ...found,
    seconds: Math.round((performance.now() - began) / 1_000),
  };
  const { faults, imbalances, wrongTokens, wrongRights, wrongTakings, gaps, planted, plantedFound, left } =
    report;
  const wrong = faults + imbalances + wrongTokens + wrongRights + wrongTakings + gaps + left;
  process.exitCode = wrong === 0 && planted === plantedFound && planted > 0 ? 0 : 1;
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await double.stop();
  rmSync(folder, { recursive: true, force: true });
}
// A drained bus leaves the timer of its deadline behind.
process.exit();
