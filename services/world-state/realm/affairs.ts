import { create } from "@bufbuild/protobuf";
import {
  type Affairs,
  firstControl,
  firstRelation,
  firstStanding,
  type Powers,
  takeStock,
} from "@orrery/politics";
import {
  type FactionRelation,
  FactionRelationSchema,
  type FactionStanding,
  FactionStandingSchema,
  type Purse,
  PurseSchema,
  type RegionControl,
  RegionControlSchema,
} from "@orrery/schema/world/v1";
import type { SeenState } from "@orrery/simulation/define";
import { holdsOf } from "./events/sway.ts";
import type { RealmWorld } from "./state.ts";

/** The pages of a world's tables as affairs, to be written in. */
export function affairsToWrite(state: RealmWorld, powers: Powers): Affairs {
  const { parties, pairs, territories } = powers;
  const { standings, relations, controls, purses } = state;
  return {
    standings: parties.map(({ id }) => standings.edit(id)),
    relations: pairs.map(({ id }) => relations.edit(id)),
    controls: territories.map(({ id }) => controls.edit(id)),
    tills: territories.map(({ id }) => purses.edit(id)),
    holds: holdsOf(state, powers),
  };
}

/** The same, to be read alone. */
export function affairsToRead(state: SeenState<RealmWorld>, powers: Powers): Affairs {
  const { parties, pairs, territories } = powers;
  const { standings, relations, controls, purses } = state;
  return {
    standings: parties.map(
      ({ id }) => (standings.get(id) ?? create(FactionStandingSchema)) as FactionStanding,
    ),
    relations: pairs.map(({ id }) => (relations.get(id) ?? create(FactionRelationSchema)) as FactionRelation),
    controls: territories.map(({ id }) => (controls.get(id) ?? create(RegionControlSchema)) as RegionControl),
    tills: territories.map(({ id }) => (purses.get(id) ?? create(PurseSchema)) as Purse),
    holds: holdsOf(state, powers),
  };
}

/** Opens what a pack has and the affairs do not: all of it in a new world, and what an edit has added. */
export function openAffairs(state: RealmWorld, powers: Powers, atGs: number): void {
  const { standings, relations, controls } = state;
  powers.parties.forEach(({ id }, party) => {
    if (!standings.has(id)) standings.add(id, firstStanding(powers, party));
  });
  powers.pairs.forEach(({ id }, pair) => {
    if (!relations.has(id)) relations.add(id, firstRelation(powers, pair));
  });
  powers.territories.forEach(({ id }, territory) => {
    if (!controls.has(id)) controls.add(id, firstControl(powers, territory, atGs));
  });
  takeStock(powers, affairsToWrite(state, powers));
}
