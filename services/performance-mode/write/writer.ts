import type { Kit } from "@orrery/service";
import { type GroupCommit, groupCommit, type Lease } from "@orrery/simulation";
import { performanceErrors } from "../errors.ts";
import type { Shipped } from "../data/part.ts";
import type { Intern } from "../resolve/intern.ts";
import type { OpenSessions } from "../session/open.ts";
import type { PerformanceTables } from "../tables.ts";
import { type Committed, commitJobs } from "./commit.ts";
import { type Ground, readGround } from "./ground.ts";
import type { PlayerRows } from "./player.ts";
import type { Job } from "./turn.ts";

/** Combines the requests that wait into one commit at a time. */
export type Writer = GroupCommit<Job, Ground>;

export interface WriterTerms {
  readonly kit: Kit;
  readonly lease: Lease;
  readonly ground: Ground;
  readonly shipped: Shipped;
  readonly open: OpenSessions;
  readonly intern: Intern;
  readonly queueLimit: number;
  cached(player: string): PlayerRows | undefined;
  /** Right after a commit, before anyone is answered. */
  committed(outcome: Committed): void;
  /** A commit's outcome is not known: what is held of players and sessions may be old. */
  unsure(): Promise<void>;
}

export function createWriter(terms: WriterTerms): Writer {
  const { kit, lease, open, intern, cached } = terms;
  const incarnation = Math.floor(kit.clock.now()).toString(36);
  return groupCommit<Job, Ground, Committed>({
    kit,
    ground: terms.ground,
    queueLimit: terms.queueLimit,
    away: performanceErrors.PERF_STORE_AWAY,
    figure: "orrery_performance_commit_seconds",
    commit: (tx, jobs, ground) =>
      commitJobs(tx, jobs, { kit, lease, ground, incarnation, nowMs: kit.hostMs(), open, intern, cached }),
    committed: terms.committed,
    async reread() {
      const ground = await readGround(kit.store.as<PerformanceTables>(), terms.shipped);
      await terms.unsure();
      return ground;
    },
  });
}
