import type { Claim, Outcome } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

/** A bench/orchestration program prints one line of JSON, and ends with 1 where something is wrong. */
async function trial<T>(program: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runProgram([`bench/orchestration/${program}`, ...args, "--json"]);
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return { code, said: lastWords(stderr), found: last.startsWith("{") ? (JSON.parse(last) as T) : undefined };
}
const verdict = (well: boolean, figure: string): Outcome => ({ status: well ? "pass" : "fail", figure });
const count = (value: number) => value.toLocaleString("en");

type Came = Readonly<
  Record<"killed" | "open" | "lost" | "twice" | "strange" | "misordered" | "differing" | "repeated", number>
>;
interface Boundaries {
  readonly executions: number;
  readonly forward: Came;
  readonly backward: Came;
  readonly plantedFound: number;
}
type Bought = Readonly<
  Record<
    "purchases" | "kills" | "completed" | "undone" | "failed" | "wrong" | "imbalances" | "differing",
    number
  >
>;
type Killed = Readonly<
  Record<
    "executions" | "kills" | "lost" | "twice" | "strange" | "differing" | "replayed" | "repeated",
    number
  >
>;
interface Speed {
  readonly stepsPerSecond: number;
  readonly firstCallP99Ms: number;
  readonly waiting: {
    readonly executions: number;
    readonly bytesEach: number;
    readonly idleCpuPercent: number;
  };
  readonly restartMs: number;
}

const came = ({ killed, lost, twice, strange, misordered, differing, repeated }: Came) =>
  `${killed} kills, ${count(repeated)} calls repeated: ${lost} lost, ${twice} twice, ${strange} strange, ${misordered} out of order, ${differing} histories differ`;

const SAGA = "services/orchestration/saga.test.ts";
const STEPS = "services/orchestration/steps.test.ts";
const KEEPING = "services/orchestration/keeping.test.ts";

export const claims: readonly Claim[] = [
  {
    id: "orchestration.kill",
    sentence:
      "A workflow killed at each boundary of each of its steps is completed or undone, in order, and no step has its effect twice",
    measured:
      "100 executions of four steps that go to their end and 100 that are undone; SIGKILL with all of them at each boundary (before the call, after its answer, after that is written), one after the other; each effect counted by what it is about; with a new key for each try it has to find doubles (bench/orchestration/boundaries.ts)",
    threshold: "0 lost, 0 twice, 0 strange, 0 out of order, 0 histories differ, planted doubles found",
    async run() {
      const { code, said, found } = await trial<Boundaries>("boundaries.ts");
      if (found === undefined) return verdict(false, said);
      const { executions, forward, backward, plantedFound } = found;
      return verdict(
        code === 0,
        `${executions} completed, ${came(forward)}; ${executions} undone, ${came(backward)}; ${plantedFound} planted doubles found`,
      );
    },
  },
  {
    id: "orchestration.kill9",
    sentence:
      "Killed at random with 1,000 executions running, all end, and whoever is called sees one effect a key",
    measured:
      "1,000 executions, half of them undone, 6 kills (30 with --full) (bench/orchestration/kill9.ts)",
    threshold: "0 lost, 0 twice, 0 strange, 0 histories differ",
    async run(full) {
      const { code, said, found } = await trial<Killed>("kill9.ts", "--kills", full ? "30" : "6");
      if (found === undefined) return verdict(false, said);
      const { executions, kills, lost, twice, strange, differing, replayed, repeated } = found;
      return verdict(
        code === 0,
        `${count(executions)} executions, ${kills} kills, ${count(repeated)} calls repeated: ${lost} lost, ${twice} twice, ${strange} strange; ${count(replayed)} inputs handled again, ${differing} histories differ`,
      );
    },
  },
  {
    id: "orchestration.purchases",
    sentence:
      "A whole world killed amid purchases: whoever paid has what they bought, once, and whoever has nothing paid nothing",
    measured:
      "500 purchases through payment and state-manager, a quarter unpaid and a seventh that cannot be given, 5 kills of the process that runs all services (20 with --full); balances, holds and items of each, the books, every history handled again (bench/orchestration/purchases.ts)",
    threshold: "0 wrong, 0 imbalances, 0 histories differ",
    async run(full) {
      const { code, said, found } = await trial<Bought>("purchases.ts", "--kills", full ? "20" : "5");
      if (found === undefined) return verdict(false, said);
      const { purchases, kills, completed, undone, failed, wrong, imbalances, differing } = found;
      return verdict(
        code === 0,
        `${purchases} purchases, ${kills} kills: ${completed} completed, ${undone} undone, ${failed} failed; ${wrong} wrong, ${imbalances} imbalances, ${differing} histories differ`,
      );
    },
  },
  {
    id: "orchestration.speed",
    sentence: "Workflows are quick, and those that wait cost next to nothing",
    measured:
      "bench/orchestration/speed.ts: 3,000 executions of four steps, 500 begun one by one, 100,000 that wait for a word, a start with 10,000 open",
    threshold:
      ">= 1,500 steps/s; first call p99 <= 20 ms; waiting <= 1,500 B each and < 1 % of a core; first order after a start <= 3 s",
    async run() {
      const { code, stdout, stderr } = await runProgram([
        "--expose-gc",
        "bench/orchestration/speed.ts",
        "--json",
      ]);
      const last = stdout.trim().split("\n").at(-1) ?? "";
      if (!last.startsWith("{")) return verdict(false, lastWords(stderr));
      const { stepsPerSecond, firstCallP99Ms, waiting, restartMs } = JSON.parse(last) as Speed;
      return verdict(
        code === 0,
        `${count(stepsPerSecond)} steps/s; first call p99 ${firstCallP99Ms.toFixed(1)} ms; ${count(waiting.executions)} waiting: ${waiting.bytesEach} B each, ${waiting.idleCpuPercent.toFixed(2)} % of a core; first order ${restartMs} ms after a start`,
      );
    },
  },
  tested({
    id: "orchestration.undo",
    sentence:
      "A step that fails for ever undoes those before it in reverse order, once each; an undo that fails for a day is stuck, with a notice",
    files: [SAGA, KEEPING],
    titles: [
      "whose third step fails for ever undoes the second and the first, in that order, once each",
      "finds out what became of a call whose answer was lost, and undoes it too",
      "gives an undo up after a day as stuck, with a notice; an operator tries it again, or does it by hand",
    ],
  }),
  tested({
    id: "orchestration.frozen",
    sentence:
      "A definition that has run and was changed without a new version refuses the start, by its name",
    files: [KEEPING, STEPS],
    titles: [
      "refuses to start with a definition that has run and was changed, or that is gone while something is open",
      "is refused where steps wait for each other, by their names",
    ],
  }),
  tested({
    id: "orchestration.replay",
    sentence: "A history handled again says the same bytes, and nobody is called",
    files: [STEPS],
    titles: ["has a history that gives the same bytes again, and nobody is called for it"],
  }),
  tested({
    id: "orchestration.content",
    sentence:
      "A place and who is there is made without a model, complete whatever is ordered, and the same bytes of the same order",
    files: [
      "services/orchestration/content/content.test.ts",
      "services/orchestration/content.test.ts",
      "apps/cli/run/workflows.test.ts",
    ],
    titles: [
      "holds whatever is ordered: stats come to 1 + 2d, every room is reached, and everybody is complete",
      "is the same bytes of the same order, and others of another seed",
      "is a complete document, the same bytes for the same order, whoever asks",
      "is made without a model within a second, by the tier that settings knows, and all of it once premium is paid",
    ],
  }),
  tested({
    id: "orchestration.encounter",
    sentence:
      "A fight of 40 over five minutes keeps tokens, places and pacing within their bounds at every beat, and is planned within 5 ms",
    files: ["services/orchestration/encounter/encounter.test.ts"],
    titles: [
      "of 40 over five minutes keeps tokens, places and pacing within their bounds at every beat",
      "of 40 is planned within 5 ms, and what cannot be one is refused",
      "is the same of the same seed and facts, to the byte, and another of another seed",
    ],
  }),
  tested({
    id: "orchestration.ladder",
    sentence:
      "Beyond a tier's limits less is made and the answer says so; nobody is refused, and no window is exceeded",
    files: ["services/orchestration/admission/ladder.test.ts", "services/orchestration/content.test.ts"],
    titles: [
      "gives a free player who asks each hour five, then foundations, then what is there",
      "never makes more than the limits allow in any hour or day, however it is asked",
      "steps down by the player's tier, each answer naming its rung, and up at once with a better one",
    ],
  }),
  tested({
    id: "orchestration.workflows",
    sentence:
      "Purchases, trades and erasures run on the services that stand, and are undone where they cannot be done",
    files: ["apps/cli/run/workflows.test.ts"],
  }),
];
