import { atLeast, atMost, type Claim, type Outcome } from "../claim.ts";
import { runProgram } from "../program.ts";
import { tested } from "../tested.ts";

interface NatsBench {
  readonly results: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const runs = new Map<string, Promise<Readonly<Record<string, number>> | string>>();

/** A bench's figures, or why there are none here. Claims about one run share it. */
function figures(name: string, full: boolean): Promise<Readonly<Record<string, number>> | string> {
  let run = runs.get(name);
  if (run === undefined) {
    run = runProgram(["bench/nats/main.ts", name, "--json", ...(full ? ["--full"] : [])]).then(
      ({ code, stdout, stderr }) => {
        if (code === 3) return stderr.trim();
        if (code !== 0) throw new Error(`bench/nats ${name} ended with ${code}: ${stderr.slice(-500)}`);
        return (JSON.parse(stdout) as NatsBench).results[name] ?? {};
      },
    );
    runs.set(name, run);
  }
  return run;
}

function natsClaim(
  claim: Omit<Claim, "run">,
  bench: string,
  judge: (figures: Readonly<Record<string, number>>) => Outcome,
): Claim {
  return {
    ...claim,
    async run(full) {
      const found = await figures(bench, full);
      return typeof found === "string" ? { status: "not-run", figure: found } : judge(found);
    },
  };
}

const perSecond = (value: number) => `${Math.round(value).toLocaleString("en")}/s`;
const MEASURED =
  "server and client on this machine, file storage, three subscriptions, frames of 64 KB with events of about 70 B, encoding and reading included; the median of runs that alternate with the other way (bench/nats)";

function throughput(id: string, bench: string, how: string, least: number): Claim {
  return natsClaim(
    {
      id: `nats.${id}`,
      sentence: `On NATS JetStream, ${how}, to three subscriptions`,
      measured: MEASURED,
      threshold: `at least ${least.toLocaleString("en")} events/s`,
    },
    bench,
    ({ eventsPerS = 0 }) => atLeast(eventsPerS, least, perSecond(eventsPerS)),
  );
}

function ratio(id: string, bench: string, how: string, least: number): Claim {
  return natsClaim(
    {
      id: `nats.${id}`,
      sentence: `Against one awaited js.publish for every event on the same server, ${how}`,
      measured: MEASURED,
      threshold: `at least ${least}x`,
    },
    bench,
    ({ timesOneByOne = 0, oneByOnePerS = 0, timesInFlight = 0, inFlightPerS = 0 }) =>
      atLeast(
        timesOneByOne,
        least,
        `${timesOneByOne}x of ${perSecond(oneByOnePerS)}; ${timesInFlight}x of ${perSecond(inFlightPerS)} with 256 in flight`,
      ),
  );
}

const LATENCY_MS = 50;

function latency(id: string, bench: string, how: string): Claim {
  return natsClaim(
    {
      id: `nats.${id}`,
      sentence: `From publish to handler over NATS JetStream at 80,000 events a second, ${how}`,
      measured: "realtime lane, one subscription, p99 (bench/nats)",
      threshold: `p99 under ${LATENCY_MS} ms`,
    },
    bench,
    ({ p50Ms = 0, p99Ms = Number.POSITIVE_INFINITY }) =>
      atMost(p99Ms, LATENCY_MS, `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`),
  );
}

export const claims: readonly Claim[] = [
  throughput("throughput", "periodic", "file storage", 1_000_000),
  throughput("throughput-synced", "always", "every frame synced to disk before its answer", 400_000),
  ratio("frames", "periodic", "file storage", 100),
  ratio("frames-synced", "always", "synced", 200),
  latency("latency", "latency", "file storage"),
  latency("latency-synced", "latency-always", "synced"),
  tested({
    id: "nats.refusals",
    sentence:
      "No server, wrong credentials, a frame over the limit, an unknown subscription, garbage on a subject: a coded error or a dead letter, never a stuck consumer",
    files: ["packages/bus-nats/faults.nats.test.ts"],
    titles: ["wrong circumstances have a code", "what is none of ours"],
    suite: "nats",
    missing: /no nats-server[^\n]*/,
  }),
];
