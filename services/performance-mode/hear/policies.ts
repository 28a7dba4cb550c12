import {
  ChangeReason,
  KeptPolicy,
  KeptPolicySchema,
  ReportFramesResponse,
} from "@orrery/schema/performance/v1";
import { create } from "@bufbuild/protobuf";
import { Category, type ContentPolicyIssued } from "@orrery/schema/settings/v1";
import { encodeBytes, type MessageOf } from "@orrery/wire";
import type { Matrix } from "../matrix/matrix.ts";
import { tell } from "../session/tell.ts";
import type { Turn } from "../write/turn.ts";

/** Effects that are drawn, by the category of the policy that speaks of them. */
const EFFECTS: readonly (readonly [Category, string])[] = [
  [Category.VIOLENCE, "violence_effects"],
  [Category.GORE, "gore_effects"],
  [Category.FEAR, "fear_effects"],
];

/** Clamps what a player's clients may draw in a world to what the newest policy allows. */
export function applyPolicy(
  turn: Turn,
  matrix: Matrix,
  world: string,
  policy: MessageOf<typeof ContentPolicyIssued>,
): void {
  const { playerId: player, sessionId, policyVersion, levels, issuedMs } = policy;
  const rows = turn.player(player);
  const known = rows.policies.get(world);
  const isOlder =
    known !== undefined &&
    (known.sessionId === sessionId ? policyVersion <= known.policyVersion : issuedMs < known.issuedMs);
  if (isOlder) return;
  const most = EFFECTS.flatMap(([category, field]) => {
    // One a category, in their order.
    const value = levels[category - 1];
    return value === undefined ? [] : [{ field, value }];
  });
  const kept = create(KeptPolicySchema, { policyVersion, sessionId, most, issuedMs });
  const body = encodeBytes(KeptPolicy, kept);
  turn.write(
    turn.db
      .insertInto("policy")
      .values({ player, world, body })
      .onConflict((conflict) => conflict.columns(["player", "world"]).doUpdateSet({ body })),
  );
  turn.keep({ ...rows, policies: new Map(rows.policies).set(world, kept) });
  for (const open of turn.sessionsOf(player))
    if (open.world === world) tell(turn, matrix, open, open.kept, { reason: ChangeReason.OPERATOR });
}

export const REPLY = ReportFramesResponse;
