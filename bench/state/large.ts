// Reads and pages over many objects that are not cached.
//   node bench/state/large.ts [--objects 200000] [--json]
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { percentile } from "../journal/percentile.ts";
import { put } from "./requests.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: { objects: { type: "string", default: "200000" }, json: { type: "boolean", default: false } },
});
const objects = Number(values.objects);
const PER_OWNER = 100;
const AT_ONCE = 20;
const PROBES = 1_000;
// Small enough that reads come from the database.
const scene = await openScene("sqlite", undefined, { STATE_MANAGER_CACHE_MB: "0.001" });
const { state } = scene;
try {
  const began = performance.now();
  for (let at = 0; at < objects; at += PER_OWNER * AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => {
        const owner = `service:o${at / PER_OWNER + i}`;
        const operations = Array.from({ length: PER_OWNER }, (_, j) => put("progress", owner, `k${j}`, j));
        return state.write({ worldId: "w", operations });
      }),
    );
  const filledPerSecond = Math.round((objects * 1_000) / (performance.now() - began));
  const uniform = seededNumbers(4);
  const owner = () => `service:o${Math.floor((uniform() * objects) / PER_OWNER)}`;
  const gets: number[] = [];
  const pages: number[] = [];
  for (let n = 0; n < PROBES; n++) {
    const getMs = performance.now();
    const { object } = await state.get({
      worldId: "w",
      id: { collection: "progress", owner: owner(), key: `k${n % PER_OWNER}` },
    });
    gets.push(performance.now() - getMs);
    if (object?.absent !== false) throw new Error("an object is missing");
    const pageMs = performance.now();
    await state.list({ worldId: "w", collection: "progress", owner: owner() });
    pages.push(performance.now() - pageMs);
  }
  const report = {
    objects,
    filledPerSecond,
    getP99Ms: percentile(gets, 0.99),
    pageMs: percentile(pages, 0.5),
    pageP99Ms: percentile(pages, 0.99),
  };
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await scene.close();
}
// A drained bus leaves the timer of its deadline behind.
process.exit();
