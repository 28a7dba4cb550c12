import { Change, Scope, type SetResponseInit } from "@orrery/schema/settings/v1";
import type { Caller } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Registry } from "../definitions/registry.ts";
import { settingsErrors } from "../errors.ts";
import type { ChangeRow } from "../tables.ts";
import type { Turn } from "../write/turn.ts";
import { authorOf } from "./author.ts";
import { deviceScopeId, OF_PLAYERS } from "./place.ts";
import { setAll } from "./set-job.ts";
import { targetOf } from "./target.ts";

/** Sets what there was before a change. @throws SETTINGS_ROLLBACK, and what a write throws */
export function rollBack(
  turn: Turn,
  registry: Registry,
  caller: Caller,
  row: ChangeRow,
  asked: { readonly expectedRevision?: number | undefined; readonly reason: string },
): SetResponseInit {
  const change = Change.decode(row.body);
  if (change.hidden)
    throw new OrreryError(settingsErrors.SETTINGS_ROLLBACK, { given: `${change.key} is secret` });
  const scope = change.scope;
  const scopeId =
    scope === Scope.DEVICE ? row.scope_id.slice(deviceScopeId(row.owner, "").length) : row.scope_id;
  const target = targetOf(registry, caller, OF_PLAYERS.has(scope) ? row.owner : "", {
    key: change.key,
    scope,
    scopeId: scope === Scope.PLAYER ? "" : scopeId,
  });
  const { expectedRevision, reason } = asked;
  const item = { target, value: change.oldValue, locked: change.oldLocked, expectedRevision };
  const [done] = setAll(turn, [item], authorOf(caller, { reason, rollbackOf: change.seq }));
  return done as SetResponseInit;
}
