import type { SubscriptionSpec } from "../transport.ts";
import type { Groups } from "./groups.ts";

const TABLES = ["members", "buckets", "delays", "requeued", "dead_letters"] as const;

export interface ForgetTerms {
  readonly groups: Groups;
  readonly now: () => number;
  /** Whether the process that made this member name is known to be gone. */
  readonly isGone: (member: string) => boolean;
}

/** Takes subscriptions away with all that is kept of them, so that the log need not be kept for them. */
export function createForgetting({ groups, now, isGone }: ForgetTerms) {
  const { db } = groups;
  const all = db.prepare("SELECT spec FROM subscriptions");
  const members = db.prepare("SELECT member, expires_ms FROM members WHERE subscription = ?");
  const removals = [
    ...TABLES.map((table) => db.prepare(`DELETE FROM ${table} WHERE subscription = ?`)),
    db.prepare("DELETE FROM subscriptions WHERE id = ?"),
  ];
  const membersOf = (id: string) => members.all(id) as unknown as { member: string; expires_ms: number }[];
  const isAlive = ({ member, expires_ms }: { member: string; expires_ms: number }) =>
    expires_ms > now() && !isGone(member);

  return {
    isUsed: (id: string) => membersOf(id).some(isAlive),
    forget: (id: string) => groups.write(() => removals.forEach((removal) => removal.run(id))),
    /** Ephemeral ones whose member died: it cannot have taken them away. */
    abandoned: (): string[] =>
      (all.all() as { spec: string }[])
        .map((row) => JSON.parse(row.spec) as SubscriptionSpec)
        .filter(({ id, ephemeral }) => {
          const known = ephemeral === true ? membersOf(id) : [];
          return known.length > 0 && !known.some(isAlive);
        })
        .map(({ id }) => id),
  };
}
