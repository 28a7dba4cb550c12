import { atLeast, atMost, type Claim, type Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

interface CallsFigures {
  readonly publishTimesFewer: number;
  readonly consumeTimesFewer: number;
  readonly eventsPerFrame: number;
  readonly usdPerDay: number;
}
interface Way {
  readonly callsPerEvent: number;
  readonly cpuUsPerEvent: number;
  readonly timesCalls: number;
  readonly timesCpu: number;
}
interface AwsBench {
  readonly calls: Readonly<Record<"standard" | "bulk" | "uncompressed", CallsFigures>>;
  readonly "side-by-side": Readonly<Record<string, Way>>;
}

const runs = new Map<string, Promise<AwsBench | string>>();

/** A bench's figures, or why there are none here. Claims about one run share it. */
function figures(name: keyof AwsBench, full: boolean): Promise<AwsBench | string> {
  let run = runs.get(name);
  if (run === undefined) {
    run = runProgram(["bench/aws/main.ts", name, "--json", ...(full ? ["--full"] : [])]).then(
      ({ code, stdout, stderr }) => {
        if (code === 3) return stderr.trim();
        if (code !== 0) throw new Error(`bench/aws ${name} ended with ${code}: ${lastWords(stderr)}`);
        return (JSON.parse(stdout) as { results: AwsBench }).results;
      },
    );
    runs.set(name, run);
  }
  return run;
}

function awsClaim(
  claim: Omit<Claim, "run">,
  bench: keyof AwsBench,
  judge: (figures: AwsBench) => Outcome,
): Claim {
  return {
    ...claim,
    async run(full) {
      const found = await figures(bench, full);
      return typeof found === "string" ? { status: "not-run", figure: found } : judge(found);
    },
  };
}

const LOAD = "80,000 events a second of 100 B to three queues over SNS and SQS";
const MEASURED =
  "60 publishers in the standard lane (100 ms), base64 frames compressed as they are by default, events random in all measures; every API call counted on the emulator (bench/aws calls)";
const FEWER = 300;
const USD = 30;
const usd = (value: number) => `$${value.toFixed(2)}`;

export const claims: readonly Claim[] = [
  awsClaim(
    {
      id: "aws.calls",
      sentence: `${LOAD} take at most 1/${FEWER} of the API calls of a message for each event, on either side`,
      measured: `${MEASURED}; against one publish, and one receive and one delete, for each event and queue`,
      threshold: `at least ${FEWER} times fewer on the publishing and on the consuming side`,
    },
    "calls",
    ({ calls: { standard, bulk } }) =>
      atLeast(
        Math.min(standard.publishTimesFewer, standard.consumeTimesFewer),
        FEWER,
        `${standard.publishTimesFewer} times fewer to publish, ${standard.consumeTimesFewer} to consume, ${standard.eventsPerFrame} events a frame; in the bulk lane ${bulk.publishTimesFewer} and ${bulk.consumeTimesFewer}`,
      ),
  ),
  awsClaim(
    {
      id: "aws.bill",
      sentence: `${LOAD} cost less than $${USD} a day at list prices`,
      measured: `${MEASURED}, scaled to a day with the price list of November 2026, us-east-1; standard topics and queues`,
      threshold: `under $${USD} a day`,
    },
    "calls",
    ({ calls: { standard, bulk, uncompressed } }) =>
      atMost(
        standard.usdPerDay,
        USD,
        `${usd(standard.usdPerDay)} a day; bulk lane ${usd(bulk.usdPerDay)}; one publisher uncompressed ${usd(uncompressed.usdPerDay)}`,
      ),
  ),
  awsClaim(
    {
      id: "aws.side-by-side",
      sentence:
        "On the same emulator, sqs-consumer and message-queue-toolkit take at least 300 times the API calls and 20 times the CPU for an event",
      measured:
        "one queue, events decoded by their handlers, each way once to warm up (bench/aws side-by-side)",
      threshold: "at least 300 times the calls and 20 times the CPU of each",
    },
    "side-by-side",
    ({ "side-by-side": { ours, ...others } }) => {
      const each = Object.entries(others);
      const enough = each.every(([, way]) => way.timesCalls >= 300 && way.timesCpu >= 20);
      const words = each.map(([name, way]) => `${name} ${way.timesCalls}x calls, ${way.timesCpu}x CPU`);
      const own = `ours ${ours?.callsPerEvent.toFixed(5)} calls and ${ours?.cpuUsPerEvent.toFixed(1)} us an event`;
      return { status: enough ? "pass" : "fail", figure: [own, ...words].join("; ") };
    },
  ),
  tested({
    id: "aws.refusals",
    sentence:
      "No answer, wrong or expired credentials, a missing dead-letter queue, a frame over the limit, a stranger's message: a coded error or a dead letter, never a stuck consumer",
    files: ["packages/bus-aws/faults.aws.test.ts"],
    titles: ["wrong circumstances have a code", "what is none of ours"],
    suite: "aws",
    missing: /no ministack[^\n]*/,
  }),
];
