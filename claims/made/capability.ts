import type { Claim } from "../claim.ts";
import { lastWords, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

const SERVICE = "services/capability-registry";

interface Processes {
  readonly processes: number;
  readonly readyMs: number;
  readonly replacedMs: number;
  readonly goneWhileAway: number;
  readonly revisionsGoOn: boolean;
  readonly lostAsleep: number;
  readonly expiries: number;
  readonly expiredMs: number;
  readonly recoveredMs: number;
}

interface Scale {
  readonly instances: number;
  readonly churned: number;
  readonly bytesEach: number;
  /** Of one core. */
  readonly heartbeatCpu: number;
  /** For each second of one core. */
  readonly resolvesAS: number;
  readonly resolveP99Ms: number;
  readonly differ: number;
  readonly startMs: number;
  readonly forVersionP99Ms: number;
  readonly diffP99Ms: number;
  readonly suggestP99Ms: number;
}

/** A bench/capability program prints one line of JSON. */
async function figures<T>(program: string, ...args: readonly string[]): Promise<T> {
  const { stdout, stderr } = await runProgram([`bench/capability/${program}`, ...args, "--json"]);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) throw new Error(`${program} gave no figures: ${lastWords(stderr)}`);
  return JSON.parse(line) as T;
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const ms = (value: number) => `${value.toFixed(1)} ms`;

export const claims: readonly Claim[] = [
  tested({
    id: "capability.start",
    sentence: "A world that starts has every service ready in one list, and nobody hears what nobody says",
    files: ["apps/cli/run/capabilities.test.ts"],
    titles: ["has every service READY in the topology, and no subscription without a publisher"],
  }),
  {
    id: "capability.processes",
    sentence:
      "Processes are killed and stopped, the registry among them: who lives stays known, who is silent is known to be",
    measured:
      "every service in a process of its own, two copies of those with a state; one is killed, the registry is killed again and again for 20 s (60 s with --full) and stopped for 20 s (30 s), a service is stopped for as long (bench/capability/processes.ts)",
    threshold:
      "none gone while the registry was away or asleep, revisions go on; the stopped one expires once, within 16 s, and comes back as itself",
    async run(full) {
      const [away, stopped] = full ? ["60", "30"] : ["20", "20"];
      const own = await figures<Processes>("processes.ts", "--away-s", away, "--stopped-s", stopped);
      const { goneWhileAway, lostAsleep, expiries, expiredMs, revisionsGoOn } = own;
      const isWell =
        goneWhileAway + lostAsleep === 0 && revisionsGoOn && expiries === 1 && expiredMs <= 16_000;
      return {
        status: isWell ? "pass" : "fail",
        figure: `${own.processes} processes, known after ${seconds(own.readyMs)}; ${goneWhileAway} gone while it was away, ${lostAsleep} while it slept, revisions ${revisionsGoOn ? "go on" : "begin anew"}; a killed one was back after ${seconds(own.replacedMs)}; a stopped one expired ${expiries} times, after ${seconds(expiredMs)}, and was back ${seconds(own.recoveredMs)} after it went on`,
      };
    },
  },
  {
    id: "capability.scale",
    sentence: "Ten thousand instances and a thousand features in fifty versions leave most of a core",
    measured:
      "10,000 instances of 157 processes, 2,000 heartbeats/s, 5 % of them replaced each minute, for 20 s (10 min with --full), then resolved by 8 of 500 each; in the service's own handlers (bench/capability/scale.ts)",
    threshold:
      "heartbeats < 25 % of a core; p99: Resolve < 2 ms, ForVersion < 5 ms, Diff < 20 ms, Suggest < 10 ms; start < 2 s; < 2.2 KB an instance; events fold into the list",
    async run(full) {
      const own = await figures<Scale>("scale.ts", ...(full ? ["--seconds", "600"] : []));
      const isFast =
        own.resolveP99Ms < 2 && own.forVersionP99Ms < 5 && own.diffP99Ms < 20 && own.suggestP99Ms < 10;
      const isLean = own.heartbeatCpu < 0.25 && own.startMs < 2_000 && own.bytesEach < 2_200;
      return {
        status: isFast && isLean && own.differ === 0 ? "pass" : "fail",
        figure: `${own.instances.toLocaleString("en")} instances, ${own.churned} replaced: heartbeats ${(own.heartbeatCpu * 100).toFixed(0)} % of a core, ${own.bytesEach} B each, start ${seconds(own.startMs)}; p99: Resolve ${ms(own.resolveP99Ms)} (${Math.round(own.resolvesAS).toLocaleString("en")} for each second of a core), ForVersion ${ms(own.forVersionP99Ms)}, Diff ${ms(own.diffP99Ms)}, Suggest ${ms(own.suggestP99Ms)}; ${own.differ} differ from what events fold to`,
      };
    },
  },
  tested({
    id: "capability.leases",
    sentence:
      "A registry that slept, was away, or hears nobody any more expires nobody who lives; events fold into its list",
    files: [`${SERVICE}/registry/book.test.ts`, `${SERVICE}/rpc/registry.test.ts`],
    titles: [
      "a registry that mistrusts itself",
      "a registry that slept",
      "a registry that was away",
      "fold into the list, with revisions that grow by one",
      "gives by a snapshot and what changes after it what a snapshot gives at the end",
    ],
  }),
  tested({
    id: "capability.drain",
    sentence: "Who stops drains first, gets nothing new, and is gone from the list before it ends",
    files: [
      "packages/service/registering/registering.test.ts",
      `${SERVICE}/registry/resolve.test.ts`,
      `${SERVICE}/rpc/registry.test.ts`,
    ],
    titles: [
      "drain before they stop, and leave before the registry does",
      "takes the degraded only where none is ready, and never who drains or starts",
      "drains them at the stop and takes them away, and another start is another instance",
    ],
  }),
  tested({
    id: "capability.versions",
    sentence:
      "What a version has follows from ranges; a difference makes one version's features of another's; a preview is offered to nobody who did not ask",
    files: [`${SERVICE}/catalogue/laws.test.ts`, `${SERVICE}/rpc/features.test.ts`],
    titles: [
      "stays between introduced and removed, and is nowhere else",
      "is what a difference makes of another version, and the other way round the opposite",
      "have what was introduced by then, and a preview's own only for those who ask for previews",
      "differ by what the later one enhances",
    ],
  }),
  tested({
    id: "capability.suggest",
    sentence:
      "Suggestions stay within the budget, pass Check, and are the same each time; a terminal gets text",
    files: [`${SERVICE}/catalogue/laws.test.ts`, `${SERVICE}/rpc/features.test.ts`],
    titles: [
      "are within the budget, pass Check, and are the same each time",
      "for a storm by night in a crowd stay within 4 ms on the web, and each can be shown",
      "for a terminal are text alone, from prose too",
    ],
  }),
  tested({
    id: "capability.away",
    sentence:
      "With its database cut off, instances are known, registered and resolved, and what changed is written and told when it is back",
    files: [`${SERVICE}/capability.postgres.test.ts`],
    suite: "postgres",
  }),
];
