import { create } from "@bufbuild/protobuf";
import {
  Change,
  ChangeSchema,
  type Definition,
  Scope,
  SettingChanged,
  StoredValue,
  StoredValueSchema,
  type Value,
  ValueSchema,
  Visibility,
} from "@orrery/schema/settings/v1";
import { encodeBytes, PLATFORM } from "@orrery/wire";
import type { Turn } from "../write/turn.ts";
import type { Author } from "./author.ts";
import type { Stamp } from "./hlc.ts";
import { placeName, type PlaceOf, scopeWord } from "./place.ts";

/** Where a value is written; `owner` is the player whose it is, or empty. */
export interface Target extends PlaceOf {
  readonly owner: string;
  readonly definition: Definition;
}

export function storedAt(
  turn: Turn,
  { owner, ...place }: PlaceOf & { readonly owner: string },
): StoredValue | undefined {
  const name = placeName(place);
  return owner === "" ? turn.ground.values.get(name) : turn.player(owner).values.get(name);
}

export const hasValue = (value: Value | undefined): value is Value => value?.kind.case !== undefined;

export const sameValue = (a: Value | undefined, b: Value | undefined): boolean =>
  hasValue(a) && hasValue(b)
    ? a.kind.case === b.kind.case && Object.is(a.kind.value, b.kind.value)
    : !hasValue(a) && !hasValue(b);

/** Sets or resets one value, with its change and its event; one that is there already changes nothing but its stamp. */
export function writeValue(
  turn: Turn,
  target: Target,
  wanted: { readonly value: Value | undefined; readonly locked: boolean; readonly stamp: Stamp },
  author: Author,
): { readonly stored: StoredValue; readonly changed: boolean } {
  const { owner, definition, scope, scopeId, key } = target;
  const before = storedAt(turn, target);
  const same = sameValue(before?.value, wanted.value) && (before?.locked ?? false) === wanted.locked;
  const revision = (before?.revision ?? 0) + (same ? 0 : 1);
  const value = create(ValueSchema, { kind: wanted.value?.kind ?? { case: undefined } });
  const stored = create(StoredValueSchema, {
    key,
    scope,
    scopeId,
    value,
    revision,
    hlc: { ...wanted.stamp },
    locked: wanted.locked,
  });
  // What was never there is stored as absent only where a device took it away: an earlier edit that comes later must lose.
  if (same && before === undefined && wanted.stamp.deviceId === "") return { stored, changed: false };
  keep(turn, target, stored);
  if (same) return { stored, changed: false };

  const hidden = definition.visibility === Visibility.SECRET;
  const seq = turn.ground.seq + 1;
  turn.ground = { ...turn.ground, seq };
  const change = create(ChangeSchema, {
    seq,
    key,
    scope,
    scopeId,
    ...(hidden ? { hidden } : { oldValue: before?.value, newValue: value }),
    revision,
    actor: author.actor,
    role: author.role,
    reason: author.reason,
    atMs: turn.nowMs,
    rollbackOf: author.rollbackOf,
    oldLocked: before?.locked ?? false,
    newLocked: wanted.locked,
  });
  const row = { seq, owner, scope, scope_id: scopeId, key, body: encodeBytes(Change, change) };
  turn.write(turn.db.insertInto("change").values(row));
  turn.changed(change, owner, stored);
  const settingId = `${scopeWord(scope)}/${scopeId}/${key}`;
  const players = owner !== "" && definition.visibility <= Visibility.PLAYER ? [owner] : [];
  turn.emit(
    scope === Scope.WORLD ? scopeId : PLATFORM,
    SettingChanged,
    {
      settingId,
      scope,
      scopeId,
      key,
      ...(hidden ? {} : { value }),
      revision,
      restart: definition.restart,
      actor: author.actor,
      originDevice: author.originDevice,
      playerIds: players,
    },
    settingId,
  );
  return { stored, changed: true };
}

/** Writes the row and what memory holds of it. */
function keep(turn: Turn, { owner, definition, scope, scopeId, key }: Target, stored: StoredValue): void {
  const body = encodeBytes(StoredValue, stored);
  const { version } = definition;
  turn.write(
    turn.db
      .insertInto("value")
      .values({ owner, scope, scope_id: scopeId, key, version, body })
      .onConflict((conflict) =>
        conflict.columns(["owner", "scope", "scope_id", "key"]).doUpdateSet({ version, body }),
      ),
  );
  const name = placeName({ scope, scopeId, key });
  if (owner === "") turn.ground = { ...turn.ground, values: new Map(turn.ground.values).set(name, stored) };
  else {
    const rows = turn.player(owner);
    turn.keep({ ...rows, values: new Map(rows.values).set(name, stored) });
  }
}
