import {
  ActionOutcome,
  FactionAction,
  type FactionActed,
  Predicate,
  type RegionControlChanged,
} from "@orrery/schema/world/v1";
import type { News } from "./news.ts";

interface Weight {
  readonly predicate: Predicate;
  readonly valence: number;
  readonly importance: number;
}

/** What people talk of; the rest is letters between halls. */
const TALKED_OF: ReadonlyMap<FactionAction, Weight> = new Map([
  [FactionAction.RAID, { predicate: Predicate.RAIDED, valence: -0.8, importance: 0.8 }],
  [FactionAction.BETRAY, { predicate: Predicate.BETRAYED, valence: -0.9, importance: 0.9 }],
  [FactionAction.RELIEF, { predicate: Predicate.HELPED, valence: 0.7, importance: 0.6 }],
]);
const HELD: Weight = { predicate: Predicate.HELD_BY, valence: -0.2, importance: 0.7 };
const LOST: Weight = { predicate: Predicate.LOST_BY, valence: 0.2, importance: 0.7 };

/** What people of a region come to know of a faction's deed; undefined: nothing. */
export function deedNews({
  action,
  outcome,
  factionId,
  targetId,
  regionId,
  atGs,
}: FactionActed): News | undefined {
  const weight = TALKED_OF.get(action);
  if (weight === undefined || regionId === "" || outcome === ActionOutcome.FAILED) return undefined;
  const { predicate, ...felt } = weight;
  return { fact: { subject: factionId, predicate, object: targetId, place: regionId }, ...felt, nowGs: atGs };
}

/** That a region is another's now; undefined: it is whose it was, as far as anybody was told. */
export function controlNews({
  regionId,
  holderId,
  prevHolderId,
  atGs,
}: RegionControlChanged): News | undefined {
  if (holderId === prevHolderId) return undefined;
  const { predicate, ...felt } = holderId === "" ? LOST : HELD;
  const object = holderId === "" ? prevHolderId : holderId;
  return { fact: { subject: regionId, predicate, object }, ...felt, nowGs: atGs };
}
