// npm run -s prove -- [id or prefix…] [--full] [--json]
// Exit 0: all pass; 1: a failure; 3: something was not run.
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Claim, Outcome } from "./claim.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

const folder = join(import.meta.dirname, "made");
const claims: Claim[] = [];
for (const file of readdirSync(folder).sort()) {
  const module = (await import(join(folder, file))) as { claims: readonly Claim[] };
  claims.push(...module.claims);
}
const wanted = claims
  .filter(({ id }) => positionals.length === 0 || positionals.some((given) => id.startsWith(given)))
  .filter(({ id, long }) => long === undefined || values.full || values.list || positionals.includes(id))
  .sort((a, b) => (a.id < b.id ? -1 : 1));
if (wanted.length === 0) {
  console.error(
    `No claim is called ${positionals.join(", ")}. There are: ${claims.map(({ id }) => id).join(", ")}`,
  );
  process.exit(2);
}
if (values.list) {
  for (const { id, sentence, threshold, long } of wanted)
    console.log(`${id.padEnd(28)} ${sentence} [${threshold}]${long ? " with --full only" : ""}`);
  process.exit(0);
}

const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
const counts = { pass: 0, fail: 0, "not-run": 0 };
if (!values.json) console.log(machine);
for (const claim of wanted) {
  const startMs = performance.now();
  let outcome: Outcome;
  try {
    outcome = await claim.run(values.full);
  } catch (error) {
    outcome = { status: "fail", figure: error instanceof Error ? error.message : String(error) };
  }
  const seconds = (performance.now() - startMs) / 1000;
  counts[outcome.status] += 1;
  const { id, sentence, measured, threshold } = claim;
  if (values.json)
    console.log(JSON.stringify({ id, sentence, measured, threshold, ...outcome, seconds, machine }));
  else
    console.log(
      `${outcome.status.padEnd(8)} ${id.padEnd(28)} ${outcome.figure} [${threshold}] ${seconds.toFixed(1)} s`,
    );
}
console.error(`${counts.pass} passed, ${counts.fail} failed, ${counts["not-run"]} not run`);
process.exit(counts.fail > 0 ? 1 : counts["not-run"] > 0 ? 3 : 0);
