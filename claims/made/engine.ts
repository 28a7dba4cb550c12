import type { Claim } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

const SERVICE = "services/ue-version-monitor";

interface Cost {
  readonly sources: number;
  readonly minutes: number;
  readonly asked: number;
  readonly unchanged: number;
  readonly mostAtOnce: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly memoryMb: number;
  readonly pushP99Ms: number;
  readonly tagsMs: number;
  readonly notesMs: number;
}

interface Killed {
  readonly rounds: number;
  readonly building: number;
  readonly failed: number;
  readonly jobs: number;
  readonly begunTwice: number;
  readonly told: number;
  readonly toldTwice: number;
  readonly lost: number;
}

/** A bench/engine program prints one line of JSON. */
async function figures<T>(...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await runProgram([...args, "--json"]);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) throw new Error(`${args.join(" ")} gave no figures: ${lastWords(stderr)}`);
  return JSON.parse(line) as T;
}

const ms = (value: number) => `${value.toFixed(1)} ms`;

export const claims: readonly Claim[] = [
  tested({
    id: "engine.once",
    sentence: "A version is said once, over restarts, checks without end, and readings in any order",
    files: [`${SERVICE}/sightings.test.ts`, `${SERVICE}/sightings/laws.test.ts`],
    titles: [
      "says the newest of a first reading once, over restarts and checks without end",
      "says each revision of a version at most once, over any readings, and revisions only grow",
    ],
  }),
  tested({
    id: "engine.reading",
    sentence:
      "A hundred readings with one change carry one answer, and a host that asked us to wait is left alone",
    files: [`${SERVICE}/polling.test.ts`],
    titles: [
      "asks a hundred times for one change: ninety-nine answers carry nothing, and one event is said",
      "sends no request to a host that asked for two minutes, by its own planning or when it is told to",
    ],
  }),
  tested({
    id: "engine.unauthorised",
    sentence: "A repository that nobody may read is never taken for one without anything new",
    files: [`${SERVICE}/polling.test.ts`],
    titles: ["does not know what a private repository holds, and never says that nothing is new"],
  }),
  tested({
    id: "engine.channels",
    sentence:
      "Whoever wants stable versions hears of the highest stable one, and of the preview once previews are wanted",
    files: [`${SERVICE}/sightings.test.ts`],
    titles: ["announces the highest stable, and the preview once previews are wanted"],
  }),
  tested({
    id: "engine.promoted",
    sentence:
      "Fifty clients let an upgrade through, and the catalogue then has the features that were approved, no others",
    files: ["apps/cli/run/engine-canary.test.ts"],
    titles: [
      "fifty clients that do as well as those before bring a version and its approved features into the catalogue",
    ],
  }),
  tested({
    id: "engine.rolled-back",
    sentence: "Clients that drop twice as often bring the old version back, and nothing else changes",
    files: ["apps/cli/run/engine-canary.test.ts"],
    titles: [
      "clients that drop twice as often bring the old version back, with the ratio as the reason, and change nothing",
    ],
  }),
  {
    id: "engine.kill9",
    sentence: "Killed while a job is begun, an upgrade has one job at its runner and tells each step once",
    measured:
      "5 upgrades (20 with --full) whose service is killed with SIGKILL up to 80 ms after they are approved, and again while they are built (bench/engine/kill9.ts)",
    threshold: "no job begun twice, no step told twice, none lost",
    async run(full) {
      const own = await figures<Killed>("bench/engine/kill9.ts", "--rounds", full ? "20" : "5");
      const isWell = own.begunTwice + own.toldTwice === 0 && own.lost === 0;
      return {
        status: isWell ? "pass" : "fail",
        figure: `${own.rounds} upgrades: ${own.building} built, ${own.failed} failed because nobody knew; ${own.jobs} jobs, ${own.begunTwice} begun twice; ${own.told} steps told, ${own.toldTwice} twice, ${own.lost} lost`,
      };
    },
  },
  {
    id: "engine.cost",
    sentence:
      "Five hundred sources each five minutes cost a few hundredths of a core, and no host is asked twice at once",
    measured:
      "500 sources of 20 hosts on this machine, each 300 s, by a clock that goes 60 times (10 times with --full) as fast, for 10 min of it; 150 pushes until they are said; 2,000 tags, 200 KB of notes (bench/engine/main.ts)",
    threshold:
      "≤ 2 % of a core, ≤ 60 MB, one request a host; push → event p99 ≤ 100 ms; tags ≤ 50 ms; notes ≤ 300 ms; all unchanged readings answered 304",
    async run(full) {
      const own = await figures<Cost>("--expose-gc", "bench/engine/main.ts", "--speed", full ? "10" : "60");
      const isWell =
        own.cpuShare <= 0.02 &&
        own.memoryMb <= 60 &&
        own.mostAtOnce === 1 &&
        own.pushP99Ms <= 100 &&
        own.tagsMs <= 50 &&
        own.notesMs <= 300 &&
        own.asked === own.unchanged;
      return {
        status: isWell ? "pass" : "fail",
        figure: `${own.sources} sources, ${own.asked} readings in ${own.minutes} min: ${(100 * own.cpuShare).toFixed(2)} % of a core, ${own.memoryMb.toFixed(1)} MB, ${own.mostAtOnce} at once; push p99 ${ms(own.pushP99Ms)}; 2,000 tags ${ms(own.tagsMs)}, notes ${ms(own.notesMs)}`,
      };
    },
  },
];
