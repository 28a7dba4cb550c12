import type { Kit } from "@orrery/service";
import { type GroupCommit, groupCommit, type Lease } from "@orrery/simulation";
import { settingsErrors } from "../errors.ts";
import type { SettingsTables } from "../tables.ts";
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
  readonly queueLimit: number;
  cached(player: string): PlayerRows | undefined;
  /** Right after a commit, before anyone is answered. */
  committed(outcome: Committed): void;
  /** A commit's outcome is not known: what is held of players may be old. */
  unsure(): void;
}

export function createWriter(terms: WriterTerms): Writer {
  const { kit, lease, cached } = terms;
  const incarnation = Math.floor(kit.clock.now()).toString(36);
  return groupCommit<Job, Ground, Committed>({
    kit,
    ground: terms.ground,
    queueLimit: terms.queueLimit,
    away: settingsErrors.SETTINGS_STORE_AWAY,
    figure: "orrery_settings_commit_seconds",
    commit: (tx, jobs, ground) =>
      commitJobs(tx, jobs, { kit, lease, ground, incarnation, nowMs: kit.hostMs(), cached }),
    committed: terms.committed,
    async reread() {
      const ground = await readGround(kit.store.as<SettingsTables>());
      terms.unsure();
      return ground;
    },
  });
}
