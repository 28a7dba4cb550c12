// Purchases in a whole world, its process killed at random amid them; then what everybody paid, holds and has.
//   node bench/orchestration/purchases.ts [--purchases 500] [--kills 5] [--json]
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import type { WorldStand } from "./whole-world.ts";

const { values } = parseArgs({
  options: {
    purchases: { type: "string", default: "500" },
    kills: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.purchases);
const folder = mkdtempSync(join(process.cwd(), ".bench-orchestration-"));
const uniform = seededNumbers(11);

async function live(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "whole-world.ts"), [folder], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  child.send({ ask: "buy", count });
  return child;
}
async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

let child = await live();
for (let kills = 0; kills < Number(values.kills); kills++) {
  await wait(300 + Math.floor(uniform() * 1_500));
  await kill(child);
  child = await live();
}
let stand: WorldStand;
do {
  await wait(500);
  const answered = once(child, "message") as Promise<[WorldStand]>;
  child.send({ ask: "stand", count });
  [stand] = await answered;
} while (stand.open > 0);
await kill(child);
rmSync(folder, { recursive: true, force: true });

const { purchases, imbalances, differing } = stand;
const completed = purchases.filter(({ status }) => status === "COMPLETED");
const wrong = purchases.filter(({ status, paid, held, items }) =>
  status === "COMPLETED" ? paid !== 30 || held !== 0 || items !== 1 : paid !== 0 || held !== 0 || items !== 0,
);
const report = {
  purchases: count,
  kills: Number(values.kills),
  completed: completed.length,
  undone: purchases.filter(({ status }) => status === "COMPENSATED").length,
  failed: purchases.filter(({ status }) => status === "FAILED").length,
  wrong: wrong.length,
  ...{ imbalances, differing },
};
console.log(values.json ? JSON.stringify(report) : report);
if (wrong.length > 0) console.error(wrong.slice(0, 5));
process.exit(wrong.length + imbalances + differing === 0 && completed.length > 0 ? 0 : 1);
