import { atLeast, atMost, type Claim, type Outcome } from "../claim.ts";
import { benchJson, lastWords, runProgram } from "../program.ts";

interface BusBench {
  readonly results: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function figures(name: string, ...args: string[]): Promise<Readonly<Record<string, number>>> {
  const { results } = await benchJson<BusBench>("bench/bus/main.ts", name, ...args);
  const found = results[name];
  if (found === undefined) throw new Error(`bench/bus has no ${name}`);
  return found;
}

const perSecond = (value: number) => `${Math.round(value).toLocaleString("en")}/s`;

function throughput(id: string, bench: string, sentence: string, least: number): Claim {
  return {
    id,
    sentence,
    measured:
      "one process, three subscriptions, encoding and reading included; an event counts once when all three have handled it (bench/bus)",
    threshold: `at least ${least.toLocaleString("en")} events/s`,
    async run() {
      const { eventsPerS = 0, deliveriesPerS = 0 } = await figures(bench);
      return atLeast(
        eventsPerS,
        least,
        `${perSecond(eventsPerS)} published, ${perSecond(deliveriesPerS)} delivered`,
      );
    },
  };
}

const LATENCY_MS = 5;

function latency(id: string, bench: string, where: string): Claim {
  return {
    id,
    sentence: `From publish to handler at 50,000 events a second, ${where}`,
    measured: "realtime lane, p99 (bench/bus)",
    threshold: `p99 under ${LATENCY_MS} ms`,
    async run() {
      const { p50Ms = 0, p99Ms = Number.POSITIVE_INFINITY } = await figures(bench);
      return atMost(p99Ms, LATENCY_MS, `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`);
    },
  };
}

interface GivingUp {
  readonly on: string;
  readonly events: number;
  readonly deaths: number;
  readonly strangers: number;
  readonly strangeLetters: number;
  readonly before: Judged;
  readonly after: Judged;
}
type Judged = Readonly<Record<"taken" | "letters" | "neither" | "both" | "twice", number>>;

/** Events and kills of the short form: brokers differ in how long a kill takes. */
const GIVING_UP = { embedded: [600, 2], nats: [600, 2], aws: [60, 1] } as const;
const FULL_EVENTS = 100_000;
const FULL_KILLS = 40;

async function givingUp(on: keyof typeof GIVING_UP, full: boolean): Promise<GivingUp | string> {
  const [events, kills] = full ? [FULL_EVENTS, FULL_KILLS] : GIVING_UP[on];
  const { code, stdout, stderr } = await runProgram([
    "bench/giving-up/main.ts",
    ...["--on", on, "--events", String(events), "--kills", String(kills), "--json"],
  ]);
  if (code === 3) return stderr.trim();
  const at = stdout.indexOf("{");
  if (at < 0) throw new Error(`bench/giving-up on ${on} ended with ${code}: ${lastWords(stderr)}`);
  return JSON.parse(stdout.slice(at)) as GivingUp;
}

const wrong = ({ neither, both, twice }: Judged) => neither + both + twice;

function judgeGivingUp(runs: readonly (GivingUp | string)[]): Outcome {
  const ran = runs.filter((run) => typeof run !== "string");
  const bad = ran.filter(
    ({ before, after, deaths, strangers, strangeLetters }) =>
      wrong(before) + wrong(after) + after.letters + deaths > 0 || strangers !== strangeLetters,
  );
  const said = ran
    .map(
      ({ on, events, before }) =>
        `${on}: ${events} events, ${before.taken} taken and ${before.letters} letters`,
    )
    .join("; ");
  if (bad.length > 0)
    return { status: "fail", figure: `${bad.map((run) => JSON.stringify(run)).join("; ")}` };
  const missing = runs.find((run) => typeof run === "string");
  return missing === undefined
    ? { status: "pass", figure: `${said}; never neither or both, all taken once redriven` }
    : { status: "not-run", figure: `${said}; ${missing}` };
}

export const claims: readonly Claim[] = [
  {
    id: "bus.giving-up",
    sentence:
      "An event that a world's handler refuses, rejects or dies on is taken once or is one open dead letter, whatever is killed and redriven meanwhile",
    measured:
      "handlers in random moods, frames of every shape, sizes around each limit, strangers' messages; the process killed, letters redriven meanwhile, then all redriven (bench/giving-up; with --full 100,000 events on each broker)",
    threshold: "each event taken once or one letter, never neither or both; nothing stands, nothing dies",
    async run(full) {
      const kinds = Object.keys(GIVING_UP) as (keyof typeof GIVING_UP)[];
      if (!full) return judgeGivingUp(await Promise.all(kinds.map((on) => givingUp(on, full))));
      const runs: (GivingUp | string)[] = [];
      for (const on of kinds) runs.push(await givingUp(on, full));
      return judgeGivingUp(runs);
    },
  },
  throughput("bus.memory", "memory-views", "In memory, with lazy views", 5_000_000),
  throughput("bus.memory-async", "memory-async", "In memory, with asynchronous handlers", 1_000_000),
  throughput("bus.disk", "disk", "Durable on disk, with group commit and fsync", 1_000_000),
  latency("bus.latency", "latency-memory", "in memory"),
  latency("bus.latency-disk", "latency-disk", "durable on disk"),
  {
    id: "bus.flat",
    sentence: "The cost of an event does not depend on how many there are",
    measured:
      "ns an event at 10^4, 10^5, 10^6 (with --full 10^7), largest against smallest, in memory and on disk (bench/bus)",
    threshold: "within 2x",
    async run(full) {
      const costs = await figures("flatness", ...(full ? ["--full"] : []));
      const ratio = (kind: string) => {
        const values = Object.entries(costs)
          .filter(([name]) => name.startsWith(kind))
          .map(([, ns]) => ns);
        return Math.max(...values) / Math.min(...values);
      };
      const [memory, disk] = [ratio("memory"), ratio("disk")];
      return atMost(Math.max(memory, disk), 2, `memory ${memory.toFixed(2)}x, disk ${disk.toFixed(2)}x`);
    },
  },
  {
    id: "bus.heap",
    sentence: "The heap stays flat however many events pass",
    measured: "slope over 3,000,000 events, in memory and on disk (bench/bus)",
    threshold: "under 8 bytes an event",
    async run() {
      const memory = await figures("heap-memory");
      const disk = await figures("heap-disk");
      const most = Math.max(memory["bytesPerEvent"] ?? Infinity, disk["bytesPerEvent"] ?? Infinity);
      return atMost(
        most,
        8,
        `memory ${memory["bytesPerEvent"]?.toFixed(1)}, disk ${disk["bytesPerEvent"]?.toFixed(1)} bytes an event`,
      );
    },
  },
];
