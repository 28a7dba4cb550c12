import type { Claim } from "../claim.ts";
import { benchJson, runProgram } from "../program.ts";
import { tested } from "../tested.ts";

const SUITES = ["services/settings/settings.test.ts"];

interface Speed {
  readonly evaluateP99Us: number;
  readonly snapshotKib: number;
  readonly killP99Ms: number;
  readonly writesASecond: number;
  readonly players: number;
  readonly resolveP99Ms: number;
  readonly resolveColdP99Ms: number;
  readonly scans: number;
  readonly sessions: number;
  readonly openedASecond: number;
  readonly openP99Ms: number;
  readonly sessionBytes: number;
}

const MOST = { evaluateUs: 5, snapshotKib: 256, killMs: 250, resolveMs: 5, openMs: 20, sessionBytes: 2_048 };
const LEAST = { writes: 500, opened: 195 };
const count = (value: number) => value.toLocaleString("en");

export const claims: readonly Claim[] = [
  {
    id: "settings.speed",
    sentence:
      "Flags are evaluated in microseconds without a call, a killed one is off everywhere at once, and sessions open as fast as players come",
    measured:
      "500 flags of five rules, eight services that follow them, 4,000 writes by 64 callers, Resolve of 100 keys beside 100,000 other players (1,000,000 with --full), 2,000 sessions (10,000 with --full) at 200 a second, on disk (bench/settings/speed.ts)",
    threshold: `evaluation p99 ${MOST.evaluateUs} us; Kill seen by all p99 ${MOST.killMs} ms; ${LEAST.writes} writes/s; Resolve p99 ${MOST.resolveMs} ms, no table walked whole; OpenSession p99 ${MOST.openMs} ms at 200/s; snapshot ${MOST.snapshotKib} KiB; ${count(MOST.sessionBytes)} bytes a session`,
    async run(full) {
      const sizes = full ? ["--sessions", "10000", "--players", "1000000"] : [];
      const own = await benchJson<Speed>("bench/settings/speed.ts", ...sizes);
      const well =
        own.evaluateP99Us <= MOST.evaluateUs &&
        own.snapshotKib <= MOST.snapshotKib &&
        own.killP99Ms <= MOST.killMs &&
        own.writesASecond >= LEAST.writes &&
        own.resolveP99Ms <= MOST.resolveMs &&
        own.resolveColdP99Ms <= MOST.resolveMs &&
        own.scans === 0 &&
        own.openedASecond >= LEAST.opened &&
        own.openP99Ms <= MOST.openMs &&
        own.sessionBytes <= MOST.sessionBytes;
      return {
        status: well ? "pass" : "fail",
        figure: `evaluation p99 ${own.evaluateP99Us} us; Kill seen by all p99 ${own.killP99Ms} ms; ${count(own.writesASecond)} writes/s; Resolve p99 ${own.resolveP99Ms} ms, of players not in memory ${own.resolveColdP99Ms} ms beside ${count(own.players)}, ${own.scans} tables walked; ${count(own.sessions)} sessions at ${own.openedASecond}/s, p99 ${own.openP99Ms} ms, ${count(own.sessionBytes)} bytes each; snapshot ${own.snapshotKib} KiB`,
      };
    },
  },
  {
    id: "settings.kill9",
    sentence:
      "Killed amid its writes, settings has every one that was acknowledged, and told each exactly once",
    measured:
      "killed 5 times (20 with --full) amid 1,000 writes each, asked again under the same keys; values, history and the bus's log against the callers' ledger (bench/settings/kill9.ts)",
    threshold: "0 lost, 0 untold, 0 told twice, 0 gaps in any history",
    async run(full) {
      const rounds = full ? "20" : "5";
      const { code, stdout } = await runProgram(["bench/settings/kill9.ts", "--rounds", rounds, "--json"]);
      const own = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Readonly<Record<string, number>>;
      return {
        status: code === 0 ? "pass" : "fail",
        figure: `${own["rounds"]} kills, ${count(own["acknowledged"] ?? 0)} of ${count(own["asked"] ?? 0)} writes acknowledged: ${own["lost"]} lost, ${own["untold"]} untold, ${own["toldTwice"]} told twice, ${own["gaps"]} gaps`,
      };
    },
  },
  tested({
    id: "settings.ramp",
    sentence: "From 10 % to 20 % nobody is lost, and no restart moves anybody",
    files: ["packages/flags/ranges.test.ts", ...SUITES],
    titles: [
      "at 10 % and then at 20 %: the first set is inside the second, and a restart changes neither",
      "takes from who shrinks alone: A10 B10 C80 to A20 B10 C70 loses no one of B",
      "gives every bucket to one variant, as many as it weighs, and moves the fewest, over any history",
      "removes nobody from a variant that grows",
      "meets each weight within half a point over 100,000 keys",
    ],
  }),
  tested({
    id: "settings.bucket",
    sentence: "A bucket is what other people's murmur3 says, over UTF-8 and unsigned",
    files: ["packages/flags/murmur3.test.ts"],
    titles: [
      "hashes as mmh3 does, whatever the length and the script",
      "has the published vectors of MurmurHash3_x86_32, seeds among them",
    ],
  }),
  tested({
    id: "settings.oracles",
    sentence:
      "Rules mean what Unleash's client specification and flagd's own evaluation say, and OpenFeature's client answers by them",
    files: [
      "packages/flags/unleash.test.ts",
      "packages/flags/flagd.test.ts",
      "packages/flags/follow/follow.test.ts",
    ],
  }),
  tested({
    id: "settings.world-flag",
    sentence: "A world that branches on a flag shows a kill in its next decision, and its own inputs say why",
    files: ["services/settings/world-flag.test.ts"],
    titles: [
      "shows the off variant from the next decision on when the flag is killed, and its state is what its inputs make of it",
      "is told at its beginning how flags stand, as an input of its own",
    ],
  }),
  tested({
    id: "settings.sync",
    sentence:
      "Devices that were away come to the same values in whichever order they come back, and losers are told",
    files: SUITES,
    titles: [
      "merge alike in every order, however they are grouped, and as often as they come",
      "two that edited the same and different keys come to the same in either order, and the loser is told",
      "are pulled back where their clock is ahead, and win nothing by coming again",
    ],
  }),
  tested({
    id: "settings.policy",
    sentence:
      "A content policy with one bit flipped is refused with a code, and what makes text goes by the least band",
    files: SUITES,
    titles: [
      "verify, and with any one bit flipped they do not: a generator then goes by band all",
      "sink at once in open sessions, and rise in the next one only",
      "never exceed band, guardian, world or wish, whoever sets what",
    ],
  }),
  tested({
    id: "settings.entitlement",
    sentence:
      "What a player pays for is their tier, with its limits, until the money goes back; a kill, and what is heard twice or late, change nothing",
    files: ["apps/cli/run/paid-tier.test.ts", ...SUITES],
    titles: [
      "is premium from the checkout on and free again with the refund, and what is limited by it follows",
      "is the same after a kill, and whatever is heard twice or late",
      "is taken up where settings is away while it is paid for",
      "go by what payment tells: grace, its end, money that went back; a pack moves none",
    ],
  }),
  tested({
    id: "settings.secret",
    sentence: "What is secret is in no event, history, answer or error",
    files: SUITES,
    titles: ["keep a secret out of events, history, answers and errors"],
  }),
  tested({
    id: "settings.postgres",
    sentence: "All of it holds on PostgreSQL too",
    files: ["services/settings/settings.postgres.test.ts"],
    suite: "postgres",
  }),
];
