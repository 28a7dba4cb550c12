import {
  type Affairs,
  type ControlNews,
  type Deed,
  isContested,
  pairIdsOf,
  type Powers,
  type RelationNews,
  sharesOf,
} from "@orrery/politics";
import {
  ActionOutcome,
  ControlSampled,
  FactionAction,
  FactionActed,
  FactionRelationChanged,
  RegionControlChanged,
  WorldEventTrigger,
} from "@orrery/schema/world/v1";
import type { EventId } from "@orrery/wire";
import { trigger } from "./events/happen.ts";
import type { RealmContext, RealmWorld } from "./state.ts";

/** Says what a faction did. Whatever came of it knows from then on of what it came. */
export function tellDeed(
  state: RealmWorld,
  { parties }: Powers,
  { party, deed, cost, traces }: Deed,
  cause: EventId | undefined,
  ctx: RealmContext,
): void {
  const { $typeName: _, ...said } = deed;
  const factionId = parties[party]?.id ?? "";
  const { publisher, sequence } = ctx.emit(FactionActed, { ...said, factionId, cost }, cause && { cause });
  for (const trace of traces) Object.assign(trace, { causePublisher: publisher, causeSequence: sequence });
  if (deed.action === FactionAction.RAID && deed.outcome === ActionOutcome.DONE)
    trigger(state, WorldEventTrigger.RAID, deed.regionId, { publisher, sequence }, deed.atGs, ctx);
}

type Traced = { readonly causePublisher: string; readonly causeSequence: number };
const causeOf = ({ causePublisher: publisher, causeSequence: sequence }: Traced): EventId | undefined =>
  publisher === "" ? undefined : { publisher, sequence };

export function tellRelations(
  powers: Powers,
  { relations }: Affairs,
  news: readonly RelationNews[],
  atGs: number,
  ctx: RealmContext,
): void {
  for (const { pair, prev, prevStance } of news) {
    const relation = relations[pair];
    if (relation === undefined) continue;
    const { value, stance, why } = relation;
    const [a, b] = pairIdsOf(powers, pair);
    const cause = causeOf(relation);
    const pairId = powers.pairs[pair]?.id ?? "";
    const said = { atGs, pairId, a, b, value, prev, stance, prevStance, why };
    ctx.emit(FactionRelationChanged, said, cause && { cause });
    // What moves it from here on is time, until somebody acts again.
    Object.assign(relation, { why: 0, causePublisher: "", causeSequence: 0 });
  }
}

export function tellControl(
  state: RealmWorld,
  { territories }: Powers,
  { controls }: Affairs,
  news: readonly ControlNews[],
  atGs: number,
  ctx: RealmContext,
): void {
  for (const { territory, prevHolderId } of news) {
    const control = controls[territory];
    if (control === undefined) continue;
    const { holderId, boosts } = control;
    const [strongest] = Object.values(boosts).sort((one, other) => other.by - one.by);
    const cause = strongest && causeOf(strongest);
    const regionId = territories[territory]?.id ?? "";
    const shares = sharesOf(control).map((share) => ({ ...share }));
    const said = { atGs, regionId, holderId, prevHolderId, shares, contested: isContested(control) };
    const told = ctx.emit(RegionControlChanged, said, cause && { cause });
    if (holderId !== prevHolderId && holderId !== "")
      trigger(state, WorldEventTrigger.CONQUEST, regionId, told, atGs, ctx);
  }
}

/** A large world's day is noted in several events, none near the size of a frame. */
const SHARES_AN_EVENT = 4_096;

/** The day as history keeps it. */
export function sampleControl(
  { parties, territories }: Powers,
  { controls, standings }: Affairs,
  atGs: number,
  ctx: RealmContext,
): void {
  const factionIds = ["", ...parties.map(({ id }) => id)];
  const each = Math.max(1, Math.floor(SHARES_AN_EVENT / factionIds.length));
  for (let first = 0; first < territories.length; first += each) {
    const regionIds = territories.slice(first, first + each).map(({ id }) => id);
    const own = controls.slice(first, first + each);
    ctx.emit(ControlSampled, {
      ...{ atGs, regionIds, factionIds },
      shares: own.flatMap((control) => {
        const shares = new Map(sharesOf(control).map(({ factionId, share }) => [factionId, share]));
        return factionIds.map((id) => shares.get(id) ?? 0);
      }),
      holderIds: own.map(({ holderId }) => holderId),
      powers: standings.map(({ power }) => power),
    });
  }
}
