// Kills Orrery with SIGKILL at random moments under load, and counts what came of every answered call.
//   node bench/kill9/main.ts [--rounds 10] [--database postgres://…] [--seed 1] [--json]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { startOrrery } from "./orrery.ts";
import { createLoad } from "./load.ts";
import { verify } from "./verify.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    database: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const random = xoroshiro128plus(Number(values.seed));
const uniform = () => (random.next() >>> 0) / 4294967296;
const data = mkdtempSync(join(tmpdir(), "orrery-kill9-"));
const say = (text: string) => console.error(text);

const load = createLoad();
try {
  for (let round = 1; round <= rounds; round++) {
    const orrery = await startOrrery(data, values.database);
    const stop = load.run(orrery.edge);
    const lifeMs = 250 + uniform() * 1_250;
    await new Promise((resolve) => setTimeout(resolve, lifeMs));
    await orrery.kill();
    await stop();
    say(
      `round ${round} of ${rounds}: killed after ${lifeMs.toFixed(0)} ms; ${load.acknowledged.size} calls acknowledged so far`,
    );
  }
  const orrery = await startOrrery(data, values.database);
  const report = await verify(orrery.edge, load);
  await orrery.kill();
  const faults =
    report.lost + report.twice + report.clockGaps + report.revisionGaps + (report.replay === "PASS" ? 0 : 1);
  if (values.json)
    console.log(
      JSON.stringify({ rounds, database: values.database === undefined ? "sqlite" : "postgres", ...report }),
    );
  else console.log(report);
  process.exitCode = faults === 0 ? 0 : 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
