import type { Claim, Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";

interface AnyFork {
  readonly slowestMs: number;
  readonly begun: number;
  readonly refused: number;
  readonly named: number;
  readonly wrong: readonly string[];
  readonly witnessedS: number;
  readonly stalled: readonly string[];
  readonly notices: readonly string[];
}

interface Kill9Report {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly twice: number;
  readonly clockGaps: number;
  readonly revisionGaps: number;
  readonly replay: string;
}

const OUTAGE_MS = 10_000;
/** Exit code of a program that cannot do here what it measures. */
const NOT_RUN = 3;

async function kill9(program: string, rounds: number): Promise<Outcome> {
  const { code, stdout, stderr } = await runProgram([program, "--rounds", String(rounds), "--json"]);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
  const { acknowledged, lost, twice, clockGaps, revisionGaps, replay } = JSON.parse(line) as Kill9Report;
  const figure = `${rounds} kills, ${acknowledged} acknowledged: ${lost} lost, ${twice} twice, ${clockGaps + revisionGaps} gaps, replay ${replay}`;
  return { status: code === 0 ? "pass" : "fail", figure };
}

/** A day that passes in a deployment, each service in a process of its own, and is handled again. */
function liveDay(broker: "nats" | "aws", where: string): Claim {
  return {
    id: `world.day-${broker}`,
    sentence: `A game day on ${where}, every service in its own process, gives every emitted byte again`,
    measured: `24 s at an hour a second, then replayed from its journal (bench/replay --live by bench/kill9/with-${broker}.ts)`,
    threshold: "every service PASS",
    async run() {
      const program = `bench/kill9/with-${broker}.ts`;
      const { code, stdout, stderr } = await runProgram([program, "--program=../replay/main.ts", "--live"]);
      if (code === NOT_RUN) return { status: "not-run", figure: stderr.trim() };
      const figure = (stdout || stderr).trim().split("\n").at(-1) ?? "";
      return { status: code === 0 ? "pass" : "fail", figure };
    },
  };
}

/** Kills one process after the other of a deployment under load. */
function oneByOne(id: string, sentence: string, program: string, where: string): Claim {
  return {
    id,
    sentence,
    measured: `two copies of each service with a state, ${where}; a random process killed under load, the journal against the callers' ledger, and replayed (${program}); 6 kills, with --full 40`,
    threshold: `0 lost, 0 twice, 0 gaps, replay PASS, on within ${OUTAGE_MS / 1000} s`,
    async run(full) {
      const { code, stdout, stderr } = await runProgram([program, "--rounds", full ? "40" : "6", "--json"]);
      if (code === NOT_RUN) return { status: "not-run", figure: stderr.trim() };
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (!line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
      const report = JSON.parse(line) as Kill9Report & { readonly longestOutageMs: number };
      const { rounds, acknowledged, lost, twice, clockGaps, revisionGaps, replay, longestOutageMs } = report;
      const gaps = `${lost} lost, ${twice} twice, ${clockGaps + revisionGaps} gaps, replay ${replay}`;
      const figure = `${rounds} kills, ${acknowledged} acknowledged: ${gaps}; on after ${(longestOutageMs / 1000).toFixed(1)} s at most`;
      return { status: code === 0 && longestOutageMs <= OUTAGE_MS ? "pass" : "fail", figure };
    },
  };
}

/** `5 of 5 states PASS, 27,841 events`, of a list of verdicts. */
function replayed(line: string): string {
  const verdicts = [...line.matchAll(/(\w+), (\d+) events/g)];
  const passed = verdicts.filter(([, verdict]) => verdict === "PASS").length;
  const events = verdicts.reduce((sum, [, , count]) => sum + Number(count), 0);
  return `${passed} of ${verdicts.length} states PASS, ${events.toLocaleString("en-US")} events`;
}

export const claims: readonly Claim[] = [
  {
    id: "bus.kill9",
    sentence:
      "Killed at random moments under load, nothing acknowledged is lost and nothing takes effect twice (SQLite)",
    measured:
      "the program under load of timers over RPC, SIGKILL, journal against the callers' ledger (bench/kill9); 8 kills, with --full 50",
    threshold: "0 lost, 0 twice, 0 gaps, replay PASS",
    run: (full) => kill9("bench/kill9/main.ts", full ? 50 : 8),
  },
  {
    id: "bus.kill9-postgres",
    sentence: "The same on PostgreSQL",
    measured: "as bus.kill9, with an embedded PostgreSQL server",
    threshold: "0 lost, 0 twice, 0 gaps, replay PASS",
    run: (full) => kill9("bench/kill9/with-postgres.ts", full ? 50 : 6),
  },
  {
    id: "world.any-fork",
    sentence:
      "Wherever a fork is asked for, also of a fork, it begins there or is refused with places that can be had; no other world stalls",
    measured:
      "a world that lived two days, forked at each of its first 40 places and at 200 random places and moments, forks of three of those at 12 more each, and every place that a refusal named; another world runs beside them; each fork is deleted again (bench/journal/any-fork.ts; with --full 1,000 and another seed)",
    threshold:
      "each begins at the very place or game second, or is refused and names one; each named place can be had; no subscription stalls, no world stands still",
    async run(full) {
      const { code, stdout, stderr } = await runProgram([
        "bench/journal/any-fork.ts",
        ...(full ? ["--places", "1000", "--seed", "7"] : []),
        "--json",
      ]);
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (code !== 0 || !line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
      const { slowestMs, begun, refused, named, wrong, witnessedS, stalled, notices } = JSON.parse(
        line,
      ) as AnyFork;
      const trouble = [...wrong, ...stalled, ...notices];
      const well = trouble.length === 0 && begun >= 40 && named > 0 && witnessedS > 5;
      const figure = `${begun} begun where asked, ${refused} refused, ${named} named places taken; the slowest answered after ${(slowestMs / 1_000).toFixed(1)} s`;
      return {
        status: well ? "pass" : "fail",
        figure: well ? figure : `${figure}; ${trouble[0] ?? "too few"}`,
      };
    },
  },
  {
    id: "world.replay-day",
    sentence: "A whole game day, handled again from the journal, gives every emitted byte again",
    measured: "a day is skipped through in a running world, then replayed by another process (bench/replay)",
    threshold: "every service PASS",
    async run() {
      const { code, stdout, stderr } = await runProgram(["bench/replay/main.ts"]);
      const line = (stdout || stderr).trim().split("\n").at(-1) ?? "";
      return { status: code === 0 ? "pass" : "fail", figure: code === 0 ? replayed(line) : line };
    },
  },
  {
    id: "world.replay-planted",
    sentence: "A Math.random() planted in the weather makes the replay fail and name the event and the field",
    measured: "the same day, replayed by code with the plant (bench/replay --plant)",
    threshold: "FAIL with event and field",
    async run() {
      const { code, stdout, stderr } = await runProgram(["bench/replay/main.ts", "--plant"]);
      return {
        status: code === 0 ? "pass" : "fail",
        figure: (stdout || stderr).trim().split("\n").at(-1) ?? "",
      };
    },
  },
  liveDay("nats", "NATS JetStream and PostgreSQL"),
  liveDay("aws", "SNS and SQS, as an emulator has them, and PostgreSQL"),
  oneByOne(
    "chaos.processes",
    "Every service in a process of its own: whichever is killed, nothing is lost and its work moves within seconds",
    "bench/kill9/processes.ts",
    "on one log on disk",
  ),
  oneByOne(
    "chaos.nats",
    "The same on NATS JetStream and PostgreSQL",
    "bench/kill9/with-nats.ts",
    "a nats-server that syncs always, and a PostgreSQL server",
  ),
  oneByOne(
    "chaos.aws",
    "The same on SNS and SQS, as an emulator has them, and PostgreSQL",
    "bench/kill9/with-aws.ts",
    "an emulator of SNS and SQS, and a PostgreSQL server",
  ),
  {
    id: "world.disk-full",
    sentence:
      "The disk under all of Orrery fills up and gets room again: it says why, waits, and loses nothing",
    measured:
      "a file system with 3 MB left under the data folder, full for 4 s under load of timers over RPC, then enlarged; the journal against the callers' ledger (bench/kill9/full-disk.ts)",
    threshold:
      "unhealthy with the reason while full, healthy by itself, 0 lost, 0 twice, 0 gaps, replay PASS",
    async run() {
      const { code, stdout, stderr } = await runProgram(["bench/kill9/full-disk.ts", "--json"]);
      if (code === NOT_RUN) return { status: "not-run", figure: stderr.trim() };
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (!line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
      const { acknowledged, lost, twice, clockGaps, revisionGaps, replay } = JSON.parse(line) as Kill9Report;
      const figure = `${acknowledged} acknowledged: ${lost} lost, ${twice} twice, ${clockGaps + revisionGaps} gaps, replay ${replay}`;
      return { status: code === 0 ? "pass" : "fail", figure };
    },
  },
  {
    id: "world.code-change",
    sentence:
      "Other code never changes what was told: it goes on where it says the same, and is refused by name or taken on where it does not",
    measured:
      "a checkout whose weather is edited between starts of one world: a comment, a constant after a kill, taken on, a constant after a clean stop, a handler that throws, the earlier code again (bench/code-change)",
    threshold: "each start ends as docs/code-change.md says, and nothing told is changed",
    async run() {
      const { code, stdout, stderr } = await runProgram(["bench/code-change/main.ts", "--json"]);
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (!line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
      const { held, wrong } = JSON.parse(line) as { held: number; wrong: readonly string[] };
      const figure = wrong.length === 0 ? `all ${held} hold` : `does not hold: ${wrong.join(", ")}`;
      return { status: code === 0 ? "pass" : "fail", figure };
    },
  },
];
