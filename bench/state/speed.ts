// How fast objects are written and read.
//   node bench/state/speed.ts [--database sqlite|postgres] [--seconds 4] [--only writes,batches,hot,reads,zipf,mixed] [--json]
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { seededNumbers } from "@orrery/bus";
import { atOnce, paced } from "./at-once.ts";
import { increment, put } from "./requests.ts";
import { handlerOf } from "./handler.ts";
import { openScene } from "./scene.ts";

const { values } = parseArgs({
  options: {
    database: { type: "string", default: "sqlite" },
    seconds: { type: "string", default: "4" },
    only: { type: "string", default: "writes,batches,hot,reads,zipf,mixed" },
    rate: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const wanted = values.only.split(",");
const scene = await openScene(values.database as "sqlite" | "postgres");
const { state } = scene;
const report: Record<string, unknown> = {
  database: values.database,
  cores: cpus().length,
  cpu: cpus()[0]?.model,
};
const PLAYERS = 10_000;
const owner = (n: number) => `player:${n % PLAYERS}`;
const single = (n: number) =>
  state.write({ worldId: "w", operations: [put("progress", owner(n), "main", n)] });

try {
  if (wanted.includes("writes"))
    report["writes"] = {
      ...(await atOnce(64, seconds, single)),
      paced: await paced(
        values.rate ? Number(values.rate) : values.database === "postgres" ? 4_000 : 3_000,
        seconds,
        single,
      ),
    };
  if (wanted.includes("batches"))
    report["batches"] = await atOnce(32, seconds, (n) =>
      state.write({
        worldId: "w",
        operations: Array.from({ length: 10 }, (_, i) => put("progress", owner(n), `part-${i}`, n)),
      }),
    );
  if (wanted.includes("hot"))
    report["hot"] = await atOnce(64, seconds, () =>
      state.write({ worldId: "w", operations: [increment("world", "", "hot")] }),
    );
  if (wanted.includes("reads")) {
    const id = (n: number) => ({ collection: "progress", owner: owner(n), key: "main" });
    for (let n = 0; n < 1_000; n += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          state.write({ worldId: "w", operations: [put("progress", owner(n + i), "main", n)] }),
        ),
      );
    const handler = handlerOf(scene.host);
    report["reads"] = {
      called: await atOnce(16, seconds, (n) => state.get({ worldId: "w", id: id(n % 1_000) })),
      handled: await atOnce(16, seconds, (n) => handler(id(n % 1_000))),
    };
  }
  if (wanted.includes("mixed")) {
    const player = (n: number) => ({ collection: "progress", owner: owner(n * 7_919), key: "main" });
    report["mixed"] = await paced(1_667, seconds, (n) =>
      n % 2 === 0
        ? state.write({ worldId: "w", operations: [put("progress", player(n).owner, "main", n)] })
        : state.get({ worldId: "w", id: player(n) }),
    );
  }
  if (wanted.includes("zipf")) report["zipf"] = await zipf();
  console.log(values.json ? JSON.stringify(report) : report);
} finally {
  await scene.close();
}
// A drained bus leaves the timer of its deadline behind.
process.exit();

function idOf(number: number) {
  return { collection: "progress", owner: `service:z${number}`, key: "main" };
}

/** Share of reads that the cache answered, under Zipf(1) over 100,000 objects. */
async function zipf(): Promise<{ readonly hitRate: number; readonly perSecond: number }> {
  const objects = 100_000;
  // The least read first: what a commit made stays in the cache, so that it begins as play would have left it.
  for (let n = objects - 5_000; n >= 0; n -= 5_000)
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        state.write({
          worldId: "w",
          operations: Array.from({ length: 100 }, (_, j) =>
            put("progress", `service:z${n + i * 100 + j}`, "main", j),
          ),
        }),
      ),
    );
  const { objects: part } = await import("../../services/state-manager/objects.ts");
  const uniform = seededNumbers(5);
  // The inverse of the harmonic sum, near enough for ranks beyond the first few.
  const rank = () => Math.min(objects - 1, Math.floor(Math.exp(uniform() * Math.log(objects))) - 1);
  let hits = 0;
  let asked = 0;
  const { cache } = scene.host.running()[0]?.kit.part(part) ?? { cache: undefined };
  const speed = await atOnce(16, seconds, () => {
    const number = Math.max(0, rank());
    asked += 1;
    if (cache?.get(`w\u0000progress\u0000${idOf(number).owner}\u0000main`, Date.now()) !== undefined)
      hits += 1;
    return state.get({ worldId: "w", id: idOf(number) });
  });
  return { hitRate: hits / asked, perSecond: speed.perSecond };
}
