import {
  type Definition,
  type Restart,
  Scope,
  type StoredValue,
  type Value,
} from "@orrery/schema/settings/v1";
import { readable } from "../definitions/clamp.ts";
import { placeName, scopeWord } from "./place.ts";

/** Where values are looked for, from low to high. */
export interface LayerPlace {
  readonly scope: Scope;
  readonly scopeId: string;
  find(name: string): StoredValue | undefined;
}

/** One layer, as it is explained. */
export interface LayerSaid {
  readonly scope: Scope;
  readonly scopeId: string;
  readonly value?: Value;
  readonly revision: number;
  readonly locked: boolean;
  /** Empty: it holds. */
  readonly lostBecause: string;
}

/** What holds, and where it is from. */
export interface ResolvedOne {
  readonly key: string;
  readonly value?: Value;
  readonly scope: Scope;
  readonly revision: number;
  readonly clamped?: boolean;
  readonly layers: LayerSaid[];
  readonly restart: Restart;
}

/** One layer's word on a setting. */
interface Heard {
  readonly scope: Scope;
  readonly scopeId: string;
  readonly value: Value | undefined;
  readonly revision: number;
  readonly locked: boolean;
  readonly clamped: boolean;
  /** What is stored cannot be had any more. */
  readonly unusable: boolean;
}

/**
 * Which value holds: of the highest layer that has one, or of the lowest that is locked. A pure function of what is stored and
 * of the definition.
 */
export function resolve(
  definition: Definition,
  places: readonly LayerPlace[],
  explain: boolean,
): ResolvedOne {
  const { key, defaultValue, restart } = definition;
  const floor: Heard = {
    scope: Scope.DEFAULT,
    scopeId: "",
    value: defaultValue,
    revision: 0,
    locked: false,
    clamped: false,
    unusable: false,
  };
  let winner = floor;
  const heard = [floor];
  for (const { scope, scopeId, find } of places) {
    const stored = definition.scopes.includes(scope) ? find(placeName({ scope, scopeId, key })) : undefined;
    if (stored?.value === undefined || stored.value.kind.case === undefined) continue;
    const read = readable(definition, stored.value);
    const own: Heard = {
      scope,
      scopeId,
      value: read?.value,
      revision: stored.revision,
      locked: stored.locked,
      clamped: read?.clamped ?? false,
      unusable: read === undefined,
    };
    heard.push(own);
    if (!own.unusable && !winner.locked) winner = own;
  }
  return {
    key,
    ...(winner.value && { value: winner.value }),
    scope: winner.scope,
    revision: winner.revision,
    clamped: winner.clamped,
    restart,
    layers: explain ? heard.map((own) => layerOf(own, winner)) : [],
  };
}

function layerOf(own: Heard, winner: Heard): LayerSaid {
  const { scope, scopeId, value, revision, locked } = own;
  return {
    scope,
    scopeId,
    ...(value && { value }),
    revision,
    locked,
    lostBecause: own === winner ? "" : whyLost(own, winner),
  };
}

function whyLost(own: Heard, winner: Heard): string {
  if (own.unusable) return "what is stored is not allowed any more";
  return own.scope > winner.scope
    ? `locked by ${scopeWord(winner.scope)}`
    : `${scopeWord(winner.scope)} is nearer`;
}
