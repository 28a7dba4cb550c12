// Every service in a process of its own, two copies of those with a state; one process after the other is killed
// under load, and the journal is held against the callers' ledger:
//   node bench/kill9/processes.ts [--rounds 8] [--database postgres://…] [--nats 127.0.0.1:4222 | --aws http://127.0.0.1:4566] [--seed 1] [--json]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { paced } from "@orrery/bus-conformance";
import { JournalService } from "@orrery/schema/bus/v1";
import { TimeService } from "@orrery/schema/time/v1";
import { WeatherService } from "@orrery/schema/weather/v1";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { createLoad } from "./load.ts";
import { startOrrery } from "./orrery.ts";
import { verify } from "./verify.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "8" },
    database: { type: "string" },
    nats: { type: "string" },
    aws: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const random = xoroshiro128plus(Number(values.seed));
const data = mkdtempSync(join(tmpdir(), "orrery-processes-"));
const PAUSE_MS = { least: 500, most: 1_500 } as const;
const LOOK_MS = 50;
const LONGEST_OUTAGE_MS = paced(60_000);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const broker =
  values.nats !== undefined
    ? ["--broker", "nats", "--servers", values.nats]
    : values.aws !== undefined
      ? ["--broker", "aws", "--endpoint", values.aws]
      : [];
const args = ["--processes", "per-service", "--copies", "2", ...broker];
const orrery = await startOrrery(data, values.database, args);
try {
  const load = createLoad();
  const { edge } = orrery;
  const stop = load.run(edge);
  const time = edge.client(TimeService);
  const weather = edge.client(WeatherService);
  const journal = edge.client(JournalService);
  /** The clock, the weather, the journal and the way to them work, and the world goes on. */
  async function well(beforeGs: number): Promise<boolean> {
    try {
      const { atGs } = await weather.getWeather({ worldId: edge.world, regionIds: [] });
      await journal.stats({ worldId: edge.world });
      return atGs > beforeGs && (await time.getClock({ worldId: edge.world })).now !== undefined;
    } catch {
      return false;
    }
  }
  const reached = async () =>
    (await weather.getWeather({ worldId: edge.world, regionIds: [] }).catch(() => ({ atGs: 0 }))).atGs;

  const outages: { readonly service: string; readonly ms: number }[] = [];
  for (let round = 1; round <= rounds; round++) {
    await wait(PAUSE_MS.least + ((random.next() >>> 0) / 2 ** 32) * (PAUSE_MS.most - PAUSE_MS.least));
    const children = orrery.children();
    const pid = children[(random.next() >>> 0) % children.length] as number;
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    const service = line[line.indexOf("member") + 1] ?? "unknown";
    const beforeGs = await reached();
    process.kill(pid, "SIGKILL");
    const killedMs = performance.now();
    while (!(await well(beforeGs)) && performance.now() - killedMs < LONGEST_OUTAGE_MS) await wait(LOOK_MS);
    const ms = performance.now() - killedMs;
    if (ms >= LONGEST_OUTAGE_MS)
      throw new Error(`${service} was killed, and nothing went on after ${ms} ms: ${orrery.lastWords()}`);
    outages.push({ service, ms });
    console.error(
      `round ${round} of ${rounds}: ${service} killed, well after ${outages.at(-1)?.ms.toFixed(0)} ms`,
    );
  }
  await stop();
  const report = await verify(edge, load);
  const longestOutageMs = Math.max(...outages.map(({ ms }) => ms));
  const result = { rounds, processes: orrery.children().length, longestOutageMs, ...report };
  console.log(values.json ? JSON.stringify(result) : result);
  const faults = report.lost + report.twice + report.clockGaps + report.revisionGaps;
  process.exitCode = faults === 0 && report.replay === "PASS" ? 0 : 1;
} finally {
  await orrery.stop();
  rmSync(data, { recursive: true, force: true });
}
