import { Scope, type StoredValue, type Value, Visibility } from "@orrery/schema/settings/v1";
import { type ErrorKind, OrreryError } from "@orrery/wire";
import { valueProblem } from "../definitions/check-value.ts";
import { settingsErrors } from "../errors.ts";
import type { Turn } from "../write/turn.ts";
import { layersFor } from "./layers.ts";
import { placeName, scopeWord } from "./place.ts";
import { hasValue, storedAt, type Target } from "./write-value.ts";

/** One item of a write as it was asked for. */
export interface Wanted {
  readonly target: Target;
  /** Undefined: it is reset. */
  readonly value: Value | undefined;
  readonly expectedRevision: number | undefined;
}

/** One thing that is wrong with a batch. */
export interface Problem {
  readonly kind: ErrorKind;
  readonly given: string;
}

/** What keeps an item from being written; undefined: nothing. */
export function problemOf(turn: Turn, { target, value, expectedRevision }: Wanted): Problem | undefined {
  const { definition, key, scope, scopeId } = target;
  const where = `${key} at ${scopeWord(scope)}${scopeId === "" ? "" : ` ${scopeId}`}`;
  if (hasValue(value)) {
    const problem = valueProblem(definition, value);
    // What was given is not repeated: it may be secret.
    if (problem !== undefined)
      return { kind: settingsErrors.SETTINGS_OUT_OF_RANGE, given: `${where} ${problem}` };
  }
  if (scope === Scope.SESSION && !turn.player(target.owner).sessions.has(scopeId))
    return { kind: settingsErrors.SETTINGS_SESSION_UNKNOWN, given: where };
  const lock = lockBelow(turn, target);
  if (lock !== undefined)
    return { kind: settingsErrors.SETTINGS_LOCKED, given: `${where}: locked by ${scopeWord(lock)}` };
  const stored = storedAt(turn, target);
  if (expectedRevision !== undefined && expectedRevision !== (stored?.revision ?? 0))
    return {
      kind: settingsErrors.SETTINGS_REVISION_CONFLICT,
      given: `${where}: at revision ${stored?.revision ?? 0}, expected ${expectedRevision}${presentOf(target, stored)}`,
    };
  return undefined;
}

function presentOf({ definition }: Target, stored: StoredValue | undefined): string {
  if (definition.visibility === Visibility.SECRET) return "";
  const kind = stored?.value?.kind;
  return `, present value ${kind?.case === undefined ? "none" : JSON.stringify(kind.value)}`;
}

function lockBelow(turn: Turn, { owner, key, scope }: Target): Scope | undefined {
  const rows = owner === "" ? undefined : turn.player(owner);
  const viewer = { world: "", player: owner, device: "", session: "" };
  return layersFor(turn.ground, rows, viewer).find(
    (layer) =>
      layer.scope < scope &&
      layer.find(placeName({ scope: layer.scope, scopeId: layer.scopeId, key }))?.locked === true,
  )?.scope;
}

/** Throws all that is wrong with a batch as one: the code of the first, the words of every one. */
export function throwAll(problems: readonly (Problem | undefined)[]): void {
  const real = problems.flatMap((problem) => problem ?? []);
  const [first] = real;
  if (first === undefined) return;
  const given =
    real.length === 1 ? first.given : real.map((one) => `${one.kind.code}: ${one.given}`).join("; ");
  throw new OrreryError(first.kind, { given });
}
