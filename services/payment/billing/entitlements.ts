import {
  Entitlement,
  EntitlementChanged,
  EntitlementReason,
  EntitlementState,
} from "@orrery/schema/payment/v1";
import { encodeBytes, PLATFORM } from "@orrery/wire";
import type { Draft } from "../commit/draft.ts";
import { ENTITLEMENT } from "../store/rows.ts";
import type { Entitled } from "./entitled.ts";

/** Where two looks at what holds differ, to whoever acts on it. */
const sameEdge = (one: Entitlement, other: Entitled): boolean =>
  one.state === other.state &&
  one.key === other.key &&
  one.tier === other.tier &&
  one.untilMs === other.untilMs &&
  one.graceUntilMs === other.graceUntilMs;

/** Whether what is kept says what is due. */
export function isAsDue(kept: Entitlement | undefined, due: Entitled | undefined): boolean {
  if (due === undefined) return kept === undefined || kept.state === EntitlementState.ENDED;
  // What was ended and never begun is nothing to tell of.
  if (kept === undefined) return due.state === EntitlementState.ENDED;
  return sameEdge(kept, due);
}

/** Lets what is due hold, and tells it where that is another than before. @returns whether it was */
export async function settle(
  draft: Draft,
  id: string,
  player: string,
  due: Entitled | undefined,
): Promise<boolean> {
  const row = await draft.get(ENTITLEMENT, id);
  const kept = row && Entitlement.decode(row.body);
  if (isAsDue(kept, due)) {
    const lookMs = due?.lookMs ?? null;
    if (row !== undefined && row.look_ms !== lookMs) draft.put(ENTITLEMENT, { ...row, look_ms: lookMs });
    return false;
  }
  const next = due ?? {
    ...(kept as Entitlement),
    state: EntitlementState.ENDED,
    reason: EntitlementReason.ENDED,
    lookMs: undefined,
  };
  const { key, state, tier, source, fromMs, untilMs, graceUntilMs } = next;
  const entitlement = {
    ...{ entitlementId: id, playerId: player, key, state, tier, source, fromMs, untilMs, graceUntilMs },
    revision: (kept?.revision ?? 0) + 1,
  };
  const again = kept !== undefined && kept.state !== EntitlementState.ENDED;
  const renewed = next.reason === EntitlementReason.PAID && again;
  const reason = renewed ? EntitlementReason.RENEWED : next.reason;
  const body = encodeBytes(Entitlement, entitlement);
  draft.put(ENTITLEMENT, { id, player, look_ms: next.lookMs ?? null, body });
  draft.emit(PLATFORM, EntitlementChanged, player, { ...entitlement, reason });
  return true;
}
