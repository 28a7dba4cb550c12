import type { Judgement } from "../../bench/chaos/judge.ts";
import type { Claim } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";

const NOT_RUN = 3;

interface Report {
  readonly events: number;
  readonly seconds: number;
  readonly strikes: Readonly<Record<string, number>>;
  readonly subscriptions: readonly Judgement[];
}

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

function figureOf({ events, seconds, strikes, subscriptions }: Report): string {
  const all = (of: (one: Judgement) => number) => sum(subscriptions.map(of));
  const lost = all(({ lost: { prefix, middle, suffix } }) => prefix + middle + suffix);
  const again = all(({ duplicates: { redelivered, handedOver } }) => redelivered + handedOver);
  return [
    `${events.toLocaleString("en")} events in ${seconds.toFixed(0)} s, ${sum(Object.values(strikes))} strikes of ${Object.keys(strikes).length} kinds:`,
    `${lost} lost, ${all((one) => one.phantom)} phantom, ${all((one) => one.corrupted)} corrupted,`,
    `${all((one) => one.doubleEffects)} double effects, ${all((one) => one.disordered)} out of order;`,
    `${again} of ${(events * subscriptions.length).toLocaleString("en")} deliveries came again`,
  ].join(" ");
}

function chaos(
  id: string,
  sentence: string,
  measured: string,
  args: readonly string[],
  full: readonly string[],
): Claim {
  return {
    id: `chaos.${id}`,
    sentence,
    measured,
    threshold: "0 lost, 0 phantom, 0 corrupted, 0 double effects, 0 out of order where order is claimed",
    async run(long) {
      const { code, stdout, stderr } = await runProgram([...args, ...(long ? full : []), "--json"]);
      if (code === NOT_RUN) return { status: "not-run", figure: stderr.trim() };
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (!line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
      return { status: code === 0 ? "pass" : "fail", figure: figureOf(JSON.parse(line) as Report) };
    },
  };
}

const JETSTREAM = "bench/chaos/jetstream.ts";

export const claims: readonly Claim[] = [
  chaos(
    "jetstream",
    "A server, its connections and its consumers are killed, cut and stopped: JetStream's events all have their effect once",
    "three subscriptions of two processes each, 120,000 events (a million with --full), faults by seed (bench/chaos/jetstream.ts)",
    [JETSTREAM, "--events", "120000", "--rate", "6000"],
    ["--events", "1000000", "--rate", "15000"],
  ),
  chaos(
    "leader",
    "Three NATS servers lose their leader every few seconds, and nothing with it",
    "the same with three servers and three copies of every stream, 90,000 events (300,000 with --full)",
    [JETSTREAM, "--nodes", "3", "--events", "90000", "--rate", "5000"],
    ["--events", "300000"],
  ),
  chaos(
    "sns-sqs",
    "SNS and SQS throttle, fail batches in part, lose replies and repeat messages: every event has its effect once",
    "an emulator behind a proxy, 45,000 events (200,000 with --full), consumers killed and stopped as well (bench/chaos/sns-sqs.ts)",
    ["bench/chaos/sns-sqs.ts", "--events", "45000", "--rate", "2500"],
    ["--events", "200000", "--rate", "3000"],
  ),
];
