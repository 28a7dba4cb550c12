import { effectiveLevels, tightened, UNKNOWN_AGE } from "@orrery/content-policy";
import {
  PlayerContentSchema,
  type PlayerContent,
  PolicyReason,
  type PolicySnapshot,
  RatingBand,
  Scope,
} from "@orrery/schema/settings/v1";
import { create } from "@bufbuild/protobuf";
import { OrreryError } from "@orrery/wire";
import type { Registry } from "../definitions/registry.ts";
import { settingsErrors } from "../errors.ts";
import { type PlayerRows, policyOf } from "../write/player.ts";
import type { Turn } from "../write/turn.ts";
import { issue, POLICY_MS, RENEW_AT } from "./issue.ts";
import type { SigningKey } from "./keys.ts";
import { worldCeilings } from "./world.ts";

export const STANDARD = "standard";

/** Of whom nothing is known: the standard profile, of unknown age. */
export const contentOf = ({ player, content }: PlayerRows): PlayerContent =>
  content ?? create(PlayerContentSchema, { playerId: player, profile: STANDARD });

const bandOf = ({ ageBand }: PlayerContent) => (ageBand === RatingBand.UNSPECIFIED ? UNKNOWN_AGE : ageBand);

/** Opens a session, or finds it open. @throws SETTINGS_SESSION_UNKNOWN where it is another player's or world's */
export async function openSession(
  turn: Turn,
  registry: Registry,
  { player, session, world }: { readonly player: string; readonly session: string; readonly world: string },
  signing: SigningKey,
): Promise<PolicySnapshot> {
  const rows = turn.player(player);
  const open = rows.sessions.get(session);
  if (open !== undefined && open.world === world) return policyOf(open);
  const other = await turn.db
    .selectFrom("session")
    .select("player")
    .where("id", "=", session)
    .executeTakeFirst();
  if (open !== undefined || other !== undefined)
    throw new OrreryError(settingsErrors.SETTINGS_SESSION_UNKNOWN, { given: `${session} is open elsewhere` });
  const content = contentOf(rows);
  const levels = effectiveLevels(content, worldCeilings(turn.ground, registry, world));
  const { skipRules } = content;
  const toIssue = {
    player,
    session,
    world,
    openedMs: turn.nowMs,
    version: 1,
    levels,
    skipRules,
    band: bandOf(content),
  };
  return issue(turn, toIssue, signing, PolicyReason.SESSION_STARTED);
}

/** Lets the open sessions of a player have less, where less is due now; more waits for the next session. */
export async function tightenSessions(
  turn: Turn,
  registry: Registry,
  player: string,
  signing: SigningKey,
): Promise<void> {
  const content = contentOf(turn.player(player));
  for (const [session, open] of turn.player(player).sessions) {
    const { world, openedMs } = open;
    const policy = policyOf(open);
    const wanted = effectiveLevels(content, worldCeilings(turn.ground, registry, world));
    const levels = tightened(policy.levels, wanted);
    const skipRules = [...new Set([...policy.skipRules, ...content.skipRules])];
    const same =
      levels.every((level, at) => level === policy.levels[at]) &&
      skipRules.length === policy.skipRules.length;
    if (same) continue;
    const version = policy.policyVersion + 1;
    const band = Math.min(policy.ratingBand, bandOf(content)) as RatingBand;
    await issue(
      turn,
      { player, session, world, openedMs, version, levels, skipRules, band },
      signing,
      PolicyReason.TIGHTENED,
    );
  }
}

/** Another of the same, before the present one is over. */
export async function renewSessions(turn: Turn, player: string, signing: SigningKey): Promise<void> {
  for (const [session, open] of turn.player(player).sessions) {
    const { world, openedMs } = open;
    const policy = policyOf(open);
    if (policy.issuedMs + POLICY_MS * RENEW_AT > turn.nowMs) continue;
    const { levels, skipRules, ratingBand: band } = policy;
    const version = policy.policyVersion + 1;
    await issue(
      turn,
      { player, session, world, openedMs, version, levels, skipRules, band },
      signing,
      PolicyReason.RENEWED,
    );
  }
}

/** Ends a session and what was set for it alone. @returns whether it was open */
export function closeSession(turn: Turn, player: string, session: string): boolean {
  const rows = turn.player(player);
  if (!rows.sessions.has(session)) return false;
  const sessions = new Map(rows.sessions);
  sessions.delete(session);
  const values = new Map(
    [...rows.values].filter(([, { scope, scopeId }]) => scope !== Scope.SESSION || scopeId !== session),
  );
  turn.keep({ ...rows, sessions, values });
  turn.write(
    turn.db.deleteFrom("session").where("id", "=", session),
    turn.db
      .deleteFrom("value")
      .where("owner", "=", player)
      .where("scope", "=", Scope.SESSION)
      .where("scope_id", "=", session),
  );
  return true;
}
