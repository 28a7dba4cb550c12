import type { Claim, Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";

interface LargePack {
  readonly broker: string;
  readonly packMb: number;
  readonly revisionBytes: number;
  readonly largestFrameKb: number;
  readonly tookMs: Readonly<Record<"made" | "revised" | "forked", number>>;
  readonly verdicts: readonly string[];
}

/** Exit code of a program that has no broker here. */
const NOT_RUN = 3;
const MOST_FRAME_KB = 180;

async function large(...program: readonly string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await runProgram([...program, "--mb", "5", "--json"]);
  if (code === NOT_RUN) return { status: "not-run", figure: stderr.trim() };
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) return { status: "fail", figure: lastWords(stderr) };
  const { packMb, revisionBytes, largestFrameKb, tookMs, verdicts } = JSON.parse(line) as LargePack;
  const { made, revised, forked } = tookMs;
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  return {
    status: code === 0 && largestFrameKb <= MOST_FRAME_KB ? "pass" : "fail",
    figure: `${packMb} MB in frames of ${largestFrameKb} KB at most: made in ${seconds(made)} s, revised by ${revisionBytes} bytes in ${seconds(revised)} s, forked in ${seconds(forked)} s; ${verdicts.join(", ")}`,
  };
}

const about = (id: string, where: string, ...program: readonly string[]): Claim => ({
  id: `large-pack.${id}`,
  sentence: `A world of a pack of five megabytes is made, revised, forked and handled again ${where}`,
  measured:
    "hollowmere with heights of 5 MB, all services in one process, six hours lived before and behind each step; an edit of the climates (bench/large-pack)",
  threshold: `no frame above ${MOST_FRAME_KB} KB, an edit tells a tenth at most, both worlds replay to the byte`,
  long: true,
  run: () => large(...program),
});

export const claims: readonly Claim[] = [
  about("files", "on a log in files", "bench/large-pack/main.ts"),
  about("nats", "on NATS JetStream", "bench/kill9/with-nats.ts", "--program=../large-pack/main.ts"),
  about("aws", "on SNS and SQS", "bench/kill9/with-aws.ts", "--program=../large-pack/main.ts"),
];
