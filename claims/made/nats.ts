import { atLeast, atMost, type Claim, type Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";
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
        if (code !== 0) throw new Error(`bench/nats ${name} ended with ${code}: ${lastWords(stderr)}`);
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

interface Lost {
  readonly strikes: number;
  readonly silent: number;
  readonly longestMs: number;
  readonly lost: number;
}

/** Runs a world while its broker loses what it holds. */
async function lost(what: "store" | "edits" | "replicas", full: boolean): Promise<Lost | string> {
  const rounds = full ? ["--rounds", "5"] : [];
  const { code, stdout, stderr } = await runProgram(["bench/nats/lost.ts", what, "--json", ...rounds]);
  if (code === 3) return stderr.trim();
  const at = stdout.indexOf("{");
  if (at < 0) throw new Error(`bench/nats/lost.ts ${what} ended with ${code}: ${lastWords(stderr)}`);
  return JSON.parse(stdout.slice(at)) as Lost;
}

const LOST_MS = 10_000;

/** @param soon judges how soon it is well or said, which machines differ in; otherwise that nothing is lost or left unsaid */
async function judgeLost(
  what: readonly Parameters<typeof lost>[0][],
  full: boolean,
  soon = false,
): Promise<Outcome> {
  let figure = "";
  for (const one of what) {
    const run = await lost(one, full);
    if (typeof run === "string") return { status: "not-run", figure: run };
    figure += `${figure && "; "}${one}: ${run.strikes} strikes, ${run.silent} in silence, well or said within ${run.longestMs} ms, ${run.lost} lost`;
    const well = soon ? run.longestMs <= LOST_MS : run.silent + run.lost === 0;
    if (!well) return { status: "fail", figure };
  }
  return { status: "pass", figure };
}

export const claims: readonly Claim[] = [
  {
    id: "nats.lost-store",
    sentence:
      "A NATS store that is emptied under a running world, or a server of three that loses its own, does not stop the world unsaid, and nothing acknowledged by a stream of three copies is lost",
    measured:
      "the store emptied on one server; on three servers with three copies the leader of the world's stream killed and its store emptied, the leader of the records killed (bench/nats/lost.ts)",
    threshold: "goes on by itself, or unhealthy with a reason; nothing lost of three copies",
    run: (full) => judgeLost(full ? ["store", "replicas"] : ["replicas"], full),
  },
  {
    id: "nats.edited",
    sentence:
      "Streams, consumers and records at NATS that others delete or edit are put back under a running world",
    measured:
      "each stream deleted, every consumer deleted, subjects changed, records made unreadable (bench/nats/lost.ts)",
    threshold: "goes on by itself, or unhealthy with a reason; nothing lost",
    run: (full) => judgeLost(["edits"], full),
  },
  {
    id: "nats.soon",
    sentence:
      "Whatever becomes of the store, the streams or a server at NATS, the world goes on or says why soon",
    measured:
      "the strikes of nats.lost-store and nats.edited, of which three servers need up to 9 s for a new leader (bench/nats/lost.ts)",
    threshold: "within 10 s",
    run: (full) => judgeLost(["replicas", "edits"], full, true),
  },
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
