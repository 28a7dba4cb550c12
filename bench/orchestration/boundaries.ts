// Executions of four steps, the process killed at each boundary of each step and of each undo with all of them there: what
// came of them, and how often each effect came about.
//   node bench/orchestration/boundaries.ts [--executions 100] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { live } from "./lives.ts";
import type { Stand } from "./messages.ts";
import { createTarget } from "./target.ts";

const { values } = parseArgs({
  options: { executions: { type: "string", default: "100" }, json: { type: "boolean", default: false } },
});
const EXECUTIONS = Number(values.executions);
const STEPS = ["a", "b", "c", "d"];
const UNDONE = ["c", "b", "a"];
const PHASES = ["before", "after", "told"];
const LIFE_MOST_MS = 60_000;

/** Every boundary of those that go to their end, or of those whose last step is refused. */
const boundaries = (isUndone: boolean): string[] => [
  ...STEPS.flatMap((step) => PHASES.map((phase) => `${phase} rpc ${step}`)),
  ...(isUndone ? UNDONE.flatMap((step) => PHASES.map((phase) => `${phase} undo ${step}`)) : []),
];

async function trial(workflowId: string, isUndone: boolean, kills: readonly string[]) {
  const folder = mkdtempSync(join(process.cwd(), ".bench-orchestration-"));
  const target = createTarget((effect) => isUndone && effect.endsWith("/d"));
  const ids = Array.from({ length: EXECUTIONS }, (_, at) => `${workflowId}-${at}`);
  let killed = 0;
  for (const boundary of kills) {
    const life = await live(folder, target, boundary, EXECUTIONS);
    if (killed === 0) await life.start(workflowId, ids).catch(() => undefined);
    const reached = await Promise.race([
      life.ended.then(() => true),
      wait(LIFE_MOST_MS, false, { ref: false }),
    ]);
    if (!reached) throw new Error(`not all came to ${boundary}: ${JSON.stringify(await life.stand())}`);
    killed += 1;
  }
  const last = await live(folder, target);
  // Whoever was cut off while it began one begins it again.
  await last.start(workflowId, ids);
  let stand: Stand;
  for (stand = await last.stand(); stand.open > 0; stand = await last.stand()) await wait(100);
  await last.kill();
  rmSync(folder, { recursive: true, force: true });

  const effects = isUndone
    ? ids.flatMap((id) => [
        ...UNDONE.map((step) => `hold ${id}/${step}`),
        ...UNDONE.map((step) => `release ${id}/${step}`),
      ])
    : ids.flatMap((id) => STEPS.map((step) => `hold ${id}/${step}`));
  const wanted = new Set(effects);
  const lost = effects.filter((effect) => !target.effects.has(effect)).length;
  const twice = [...target.effects].filter(([, count]) => count > 1).length;
  const strange = [...target.effects.keys()].filter((effect) => !wanted.has(effect)).length;
  const misordered = ids.filter((id) => {
    const own = target.order.filter((effect) => effect.startsWith(`release ${id}/`));
    return isUndone && own.join() !== UNDONE.map((step) => `release ${id}/${step}`).join();
  }).length;
  const repeated = target.calls - target.order.length;
  return {
    killed,
    ...stand,
    compensated: stand.compensated.length,
    lost,
    twice,
    strange,
    misordered,
    repeated,
  };
}

const forward = await trial("four", false, boundaries(false));
const backward = await trial("four", true, boundaries(true));
// With another key for each try the same trial has to find effects that came about twice.
const planted = await trial("loose", false, ["after rpc b"]);
const sound = ({ open, differing, lost, twice, strange, misordered }: typeof forward) =>
  open + differing + lost + twice + strange + misordered === 0;
const report = {
  executions: EXECUTIONS,
  ...{ forward, backward },
  plantedFound: planted.twice,
};
console.log(values.json ? JSON.stringify(report) : report);
const isWell =
  sound(forward) &&
  sound(backward) &&
  forward.statuses["COMPLETED"] === EXECUTIONS &&
  backward.statuses["COMPENSATED"] === EXECUTIONS &&
  planted.twice > 0;
process.exit(isWell ? 0 : 1);
