import { create } from "@bufbuild/protobuf";
import {
  type FactionRelation,
  FactionRelationSchema,
  type FactionStanding,
  FactionStandingSchema,
  type RegionControl,
  RegionControlSchema,
} from "@orrery/schema/world/v1";
import type { Powers } from "./powers.ts";
import { stanceOf } from "./stance.ts";

/** What people of a region have: factions levy and spend there. */
export interface Till {
  money: number;
}

/** How things stand: the pages of a service's tables, or messages of nobody's. All by the powers' numbers. */
export interface Affairs {
  readonly standings: readonly FactionStanding[];
  readonly relations: readonly FactionRelation[];
  readonly controls: readonly RegionControl[];
  readonly tills: readonly Till[];
  /** What happens adds so much to the pull of each territory's holder. */
  readonly holds: readonly number[];
}

/** What comes from outside in a day. */
export interface Day {
  /** Its end, game seconds. */
  readonly atGs: number;
  /** How badly people lack what they live on, 0..1. */
  hunger(territory: number): number;
  readonly luck: { uniform(): number; int(below: number): number };
}

/** What a holder has of its land in the beginning; those who live there have the rest. */
const HELD = 0.6;

/** Nothing was told yet of relations and lands: the first day tells of all that is worth it. */
export function firstStanding({ parties }: Powers, party: number): FactionStanding {
  const { strength = 0, treasury = 0 } = parties[party]?.begins ?? {};
  return create(FactionStandingSchema, { strength, treasury });
}

export function firstRelation({ pairs }: Powers, pair: number): FactionRelation {
  const value = pairs[pair]?.rest ?? 0;
  const relation = create(FactionRelationSchema, { value });
  relation.stance = stanceOf(relation, 0);
  return relation;
}

export function firstControl(
  { parties, territories }: Powers,
  territory: number,
  atGs: number,
): RegionControl {
  const { seatOf = -1 } = territories[territory] ?? {};
  const holder = parties[seatOf] ?? parties.find(({ begins }) => begins.lands.includes(territory));
  const shares = holder === undefined ? {} : { [holder.id]: HELD };
  return create(RegionControlSchema, { holderId: holder?.id ?? "", shares, sinceGs: atGs });
}

/** Affairs in memory, of a world that begins. */
export function firstAffairs(powers: Powers, tills: readonly Till[], atGs = 0): Affairs {
  return {
    standings: powers.parties.map((_, party) => firstStanding(powers, party)),
    relations: powers.pairs.map((_, pair) => firstRelation(powers, pair)),
    controls: powers.territories.map((_, territory) => firstControl(powers, territory, atGs)),
    tills,
    holds: powers.territories.map(() => 0),
  };
}

/** All that factions have. */
export const treasuriesOf = ({ standings }: Pick<Affairs, "standings">): number =>
  standings.reduce((sum, { treasury }) => sum + treasury, 0);

export const landsOf = ({ controls }: Pick<Affairs, "controls">, factionId: string): readonly number[] =>
  controls.flatMap(({ holderId }, at) => (holderId === factionId ? [at] : []));
