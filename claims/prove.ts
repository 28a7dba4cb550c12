// npm run -s prove -- [id or prefix…] [--full] [--json] [--times N] [--jobs N]
// A prefix ends at a dot: `world` takes world.replay-day, not world-state.decade. With --times each claim is run N times, and
// one failure among them is a failure: a claim that passes by chance shows. With --jobs N claims run beside each other, for
// those that say what is right and not how fast.
// Exit 0: all pass; 1: a failure; 3: something was not run.
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Claim, Outcome } from "./claim.ts";
import { forgetResults } from "./program.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    jobs: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
    times: { type: "string", default: "1" },
  },
});

const times = wholeNumber("times", 1_000);
const jobs = wholeNumber("jobs", 16);

const folder = join(import.meta.dirname, "made");
const claims: Claim[] = [];
for (const file of readdirSync(folder).sort()) {
  const module = (await import(join(folder, file))) as { claims: readonly Claim[] };
  claims.push(...module.claims);
}
const wanted = claims
  .filter(({ id }) => positionals.length === 0 || positionals.some((given) => named(id, given)))
  .filter(({ id, long }) => long === undefined || values.full || values.list || positionals.includes(id))
  .sort((a, b) => (a.id < b.id ? -1 : 1));
const unknown = positionals.filter((given) => !claims.some(({ id }) => named(id, given)));
if (unknown.length > 0) {
  console.error(
    `No claim is called ${unknown.join(", ")}. There are: ${claims.map(({ id }) => id).join(", ")}`,
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
const waiting = wanted.values();
await Promise.all(Array.from({ length: jobs }, work));
console.error(`${counts.pass} passed, ${counts.fail} failed, ${counts["not-run"]} not run`);
process.exit(counts.fail > 0 ? 1 : counts["not-run"] > 0 ? 3 : 0);

function wholeNumber(option: "times" | "jobs", most: number): number {
  const given = Number(values[option]);
  if (Number.isInteger(given) && given >= 1 && given <= most) return given;
  console.error(`--${option} takes a whole number from 1 to ${most}, not ${values[option]}`);
  process.exit(2);
}

async function work(): Promise<void> {
  for (const claim of waiting) await prove(claim);
}

async function prove(claim: Claim): Promise<void> {
  const startMs = performance.now();
  const outcome = await runTimes(claim);
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

function named(id: string, given: string): boolean {
  return id === given || id.startsWith(given.endsWith(".") ? given : `${given}.`);
}

/** One run's outcome; of several the first that was no pass, and how many there were. */
async function runTimes(claim: Claim): Promise<Outcome> {
  let worst: Outcome | undefined;
  let last: Outcome = { status: "not-run", figure: "never run" };
  let passed = 0;
  for (let run = 0; run < times; run++) {
    if (run > 0) forgetResults();
    last = await claim.run(values.full).catch((error: unknown) => ({
      status: "fail" as const,
      figure: error instanceof Error ? error.message : String(error),
    }));
    if (last.status === "pass") passed += 1;
    else if (worst === undefined || (worst.status === "not-run" && last.status === "fail")) worst = last;
  }
  if (times === 1) return last;
  const { status, figure } = worst ?? last;
  return {
    status,
    figure: `${passed} of ${times} runs passed; ${worst === undefined ? "the last" : "one that did not"}: ${figure}`,
  };
}
