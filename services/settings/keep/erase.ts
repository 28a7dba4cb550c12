import { createHmac } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import {
  Change,
  ChangeSchema,
  type EraseResponseInit,
  SettingChanged,
  Tier,
  TierChanged,
  TierReason,
} from "@orrery/schema/settings/v1";
import { encodeBytes, PLATFORM } from "@orrery/wire";
import type { Plans } from "../tiers/plans.ts";
import { hasValue } from "../values/write-value.ts";
import { scopeWord } from "../values/place.ts";
import type { Turn } from "../write/turn.ts";

/** What forgetting somebody needs. */
export interface Forgetting {
  /** Under which those who were erased are hashed. */
  readonly salt: Uint8Array;
  readonly plans: Plans;
}

/**
 * Takes away all that is kept about a player. That there were changes stays, under a salted hash: what was set, and by whom, does
 * not.
 */
export async function erasePlayer(
  turn: Turn,
  player: string,
  { salt, plans }: Forgetting,
): Promise<EraseResponseInit> {
  const hash = `erased:${createHmac("sha256", salt).update(player).digest("base64url")}`;
  const { db } = turn;
  const { values, tier } = turn.player(player);
  for (const { scope, scopeId, key, value, revision } of values.values()) {
    if (!hasValue(value)) continue;
    const settingId = `${scopeWord(scope)}/${scopeId}/${key}`;
    const told = {
      settingId,
      scope,
      scopeId,
      key,
      revision: revision + 1,
      actor: "erased",
      playerIds: [player],
    };
    turn.emit(PLATFORM, SettingChanged, told, settingId);
  }
  const previous = tier?.tier?.tier ?? Tier.FREE;
  if (previous !== Tier.FREE)
    turn.emit(
      PLATFORM,
      TierChanged,
      {
        playerId: player,
        tier: Tier.FREE,
        previous,
        reason: TierReason.REVOKED,
        effectiveMs: turn.nowMs,
        limits: plans.limits(Tier.FREE),
        revision: (tier?.tier?.revision ?? 0) + 1,
      },
      player,
    );
  const rows = await db.selectFrom("change").selectAll().where("owner", "=", player).execute();
  for (const row of rows) {
    const { seq, key, scope, revision, atMs, hidden, actor, role } = Change.decode(row.body);
    const by = actor === player ? hash : actor;
    const kept = create(ChangeSchema, {
      seq,
      key,
      scope,
      scopeId: hash,
      revision,
      atMs,
      hidden,
      actor: by,
      role,
    });
    turn.write(
      db
        .updateTable("change")
        .set({ owner: hash, scope_id: hash, body: encodeBytes(Change, kept) })
        .where("seq", "=", row.seq),
    );
  }
  turn.write(
    db.deleteFrom("value").where("owner", "=", player),
    db.deleteFrom("player_tier").where("player", "=", player),
    db.deleteFrom("player_content").where("player", "=", player),
    db.deleteFrom("session").where("player", "=", player),
    db.deleteFrom("policy").where("player", "=", player),
    db.deleteFrom("pulled").where("owner", "=", player),
  );
  turn.keep({ player, values: new Map(), tier: undefined, content: undefined, sessions: new Map() });
  return { values: values.size, changes: rows.length };
}
