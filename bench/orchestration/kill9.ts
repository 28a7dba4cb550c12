// 1,000 executions under way, half of which are to be undone, and the process killed at random moments.
//   node bench/orchestration/kill9.ts [--executions 1000] [--kills 6] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { live } from "./lives.ts";
import type { Stand } from "./messages.ts";
import { createTarget } from "./target.ts";

const { values } = parseArgs({
  options: {
    executions: { type: "string", default: "1000" },
    kills: { type: "string", default: "6" },
    json: { type: "boolean", default: false },
  },
});
const EXECUTIONS = Number(values.executions);
const STEPS = ["a", "b", "c", "d"];
const UNDONE = ["c", "b", "a"];

const folder = mkdtempSync(join(process.cwd(), ".bench-orchestration-"));
const isUndone = (id: string) => Number(id.split(/[-/]/)[1]) % 2 === 1;
const target = createTarget((effect) => effect.endsWith("/d") && isUndone(effect.slice("hold ".length)));
const ids = Array.from({ length: EXECUTIONS }, (_, at) => `four-${at}`);
const uniform = seededNumbers(7);

let life = await live(folder, target);
void life.start("four", ids).catch(() => undefined);
for (let kill = 0; kill < Number(values.kills); kill++) {
  await wait(60 + Math.floor(uniform() * 400));
  await life.kill();
  life = await live(folder, target);
  void life.start("four", ids).catch(() => undefined);
}
let stand: Stand;
do {
  await wait(200);
  stand = await life.stand();
} while (stand.open > 0 || Object.values(stand.statuses).reduce((sum, count) => sum + count, 0) < EXECUTIONS);
await life.kill();
rmSync(folder, { recursive: true, force: true });

const wanted = ids.flatMap((id) =>
  isUndone(id)
    ? [...UNDONE.map((step) => `hold ${id}/${step}`), ...UNDONE.map((step) => `release ${id}/${step}`)]
    : STEPS.map((step) => `hold ${id}/${step}`),
);
const report = {
  executions: EXECUTIONS,
  kills: Number(values.kills),
  statuses: stand.statuses,
  lost: wanted.filter((effect) => !target.effects.has(effect)).length,
  twice: [...target.effects.values()].filter((count) => count > 1).length,
  strange: target.effects.size - wanted.filter((effect) => target.effects.has(effect)).length,
  differing: stand.differing,
  replayed: stand.inputs,
  repeated: target.calls - target.order.length,
};
console.log(values.json ? JSON.stringify(report) : report);
process.exit(report.lost + report.twice + report.strange + report.differing === 0 ? 0 : 1);
