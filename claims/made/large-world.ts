import type { Claim, Outcome } from "../claim.ts";
import { benchJson, runProgram } from "../program.ts";

interface LargeWorld {
  readonly people: number;
  readonly stateMb: number;
  readonly longestMs: Readonly<Record<"made" | "midnight" | "hour" | "stop", number>>;
  readonly commitMs: number;
  readonly recoveryCpuMs: Readonly<Record<"kill" | "stop", number>>;
  readonly fork: {
    readonly ms: number;
    readonly longestMs: number;
    readonly writtenMb: number;
    readonly same: boolean;
  };
  readonly rssMb: number;
  readonly heapMb: readonly number[];
  readonly databaseMb: number;
  readonly same: boolean;
}

interface Kill9 {
  readonly kills: number;
  readonly people: number;
  readonly minutes: number;
  readonly different: number;
  readonly behind: number;
}

interface Shards {
  readonly kills: number;
  readonly rings: number;
  readonly lost: number;
  readonly doubled: number;
  readonly skipped: number;
  readonly moving: number;
  readonly moved: number;
  readonly longestMoveMs: number;
  readonly miscounted: number;
}

/** The program had no server to run on. */
const NOT_RUN = 3;
const MOVE_MS = 10_000;
const STRETCH_MS = 50;
const RECOVERY_MS = 5_000;
const RSS_MB = 1_000;
/** Of the state at rest. */
const DATABASE = 3;
const BASE_MB = 4;
const FORK_MS = 2_000;
const FORK_MB = 2;

const crowd = (people: number, kb: number, days: number) =>
  benchJson<LargeWorld>(
    "bench/large-world/main.ts",
    ...["--people", String(people), "--kb", String(kb), "--days", String(days)],
  );

function judge(found: LargeWorld): Outcome {
  const { people, stateMb, longestMs, recoveryCpuMs, rssMb, databaseMb, same } = found;
  const longest = Math.max(...Object.values(longestMs));
  const where = Object.entries(longestMs).find(([, ms]) => ms === longest)?.[0];
  const well =
    longest <= STRETCH_MS &&
    recoveryCpuMs.kill <= RECOVERY_MS &&
    rssMb <= RSS_MB &&
    databaseMb <= DATABASE * stateMb + BASE_MB &&
    same;
  return {
    status: well ? "pass" : "fail",
    figure: `${people} people, ${stateMb} MB: longest stretch ${longest} ms (${where}), recovery ${(recoveryCpuMs.kill / 1_000).toFixed(1)} s of CPU after a kill, ${rssMb} MB, database ${databaseMb} MB, ${same ? "the same" : "not the same"} after a kill and a stop`,
  };
}

export const claims: readonly Claim[] = [
  {
    id: "large-world.figures",
    sentence: "A world of thousands of people neither stops its process nor outgrows a laptop",
    measured:
      "a crowd of 3,000 (10,000 of 17 KB and ten days with --full) beside all services in one process: made, a game day lived, killed, stopped; stretches are the main thread's own CPU (bench/large-world)",
    threshold: `stretches of ${STRETCH_MS} ms at most, recovery within ${RECOVERY_MS / 1_000} s of CPU, ${RSS_MB} MB of memory, a database of ${DATABASE} times the state, the same state after each start`,
    long: true,
    run: async (full) => judge(full ? await crowd(10_000, 17, 10) : await crowd(3_000, 5, 1)),
  },
  {
    id: "large-world.commit",
    sentence: "A commit costs the same however large the state is",
    measured:
      "the median of 200 small inputs to worlds of 300 and of 3,000 people, one after the other (bench/large-world)",
    threshold: "at most 1.5 times as long with ten times the people",
    long: true,
    async run() {
      const [small, large] = [await crowd(300, 5, 0), await crowd(3_000, 5, 0)];
      const ratio = large.commitMs / small.commitMs;
      return {
        status: ratio <= 1.5 ? "pass" : "fail",
        figure: `${small.commitMs} ms at ${small.stateMb} MB, ${large.commitMs} ms at ${large.stateMb} MB: ${ratio.toFixed(2)} times`,
      };
    },
  },
  {
    id: "large-world.fork",
    sentence: "A fork of a large world is there at once, and writes what it changes",
    measured:
      "a fork of 3,000 people (10,000 with --full) beside all services, from the call until the fork is there with the same state (bench/large-world)",
    threshold: `${FORK_MS / 1_000} s, ${FORK_MB} MB, stretches of ${STRETCH_MS} ms at most`,
    long: true,
    async run(full) {
      const { people, stateMb, fork } = await crowd(full ? 10_000 : 3_000, 5, 0);
      const well =
        fork.ms <= FORK_MS && fork.writtenMb <= FORK_MB && fork.longestMs <= STRETCH_MS && fork.same;
      return {
        status: well ? "pass" : "fail",
        figure: `${people} people, ${stateMb} MB: ${(fork.ms / 1_000).toFixed(1)} s, ${fork.writtenMb} MB written, longest stretch ${fork.longestMs} ms, ${fork.same ? "the same" : "not the same"} state`,
      };
    },
  },
  {
    id: "large-world.shards",
    sentence:
      "A world in sixteen shards goes on when one of three processes is killed, and nothing is lost or counted twice",
    measured:
      "three processes on NATS JetStream and PostgreSQL, 100 events/s to 64 voices over 16 shards, one process killed every 15 s: 3 times (20 with --full); each voice numbers what it says (bench/shards)",
    threshold: `0 lost, 0 doubled, shards ring again within ${MOVE_MS / 1_000} s, each process gathers the same from all shards`,
    long: true,
    async run(full) {
      const asked = ["bench/shards/main.ts", "--json", "--kills", full ? "20" : "3"];
      const { code, stdout, stderr } = await runProgram(asked);
      if (code === NOT_RUN) return { status: "not-run", figure: stderr.trim() };
      const found = JSON.parse(stdout) as Shards;
      const { kills, rings, lost, doubled, skipped, moving, moved, longestMoveMs, miscounted } = found;
      const isWhole = lost + doubled + skipped + miscounted === 0 && moving > 0 && moved === moving;
      return {
        status: isWhole && longestMoveMs <= MOVE_MS ? "pass" : "fail",
        figure: `${kills} kills, ${rings} rings: ${lost} lost, ${doubled} doubled, ${skipped} out of count; ${moved} of ${moving} shards went on elsewhere, the last after ${(longestMoveMs / 1_000).toFixed(1)} s`,
      };
    },
  },
  killed("large-world.kill9", "on SQLite"),
  killed("large-world.kill9-postgres", "on PostgreSQL", "--postgres"),
];

function killed(id: string, where: string, ...options: readonly string[]): Claim {
  return {
    id,
    sentence: `A crowd that is killed again and again ${where}, amid cuts too, is what it would be without`,
    measured:
      "300 people, 8 kills at random moments (50 with --full) while they come and while they live; after each start the digest of the whole state against one in memory that was given the same inputs (bench/large-world/kill9.ts)",
    threshold: "0 states that differ, 0 acknowledged minutes lost",
    long: true,
    async run(full) {
      const asked = ["--kills", full ? "50" : "8", ...options];
      const found = await benchJson<Kill9>("bench/large-world/kill9.ts", ...asked);
      const { kills, people, minutes, different, behind } = found;
      return {
        status: different + behind === 0 && minutes > 0 ? "pass" : "fail",
        figure: `${kills} kills, ${people} people, ${minutes} game minutes: ${different} differ, ${behind} lost`,
      };
    },
  };
}
