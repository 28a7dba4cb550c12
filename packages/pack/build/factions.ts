import {
  type ActionRuleInit,
  Curve,
  FactionAction,
  FactionInput,
  type FactionInit,
  type FactionsInit,
  FactionTrait,
} from "@orrery/schema/world/v1";
import { standingPlaces } from "../land/standing.ts";
import { personIdOf } from "../names.ts";
import type { Parts } from "../parts.ts";
import { FACTION_ACTIONS } from "../shape/factions.ts";
import { USUAL_ACTIONS } from "./usual-actions.ts";

const named = <E extends Record<string, unknown>>(names: E, name: string) =>
  names[name.toUpperCase() as keyof E] as E[keyof E];
const traitOf = (name: string | undefined) =>
  name === undefined ? FactionTrait.UNSPECIFIED : named(FactionTrait, name);

export function buildFactions(parts: Parts): FactionsInit {
  const { factions, actions, costs } = parts.factions;
  if (factions.length === 0) return {};
  return {
    deedCost: costs.deeds,
    wordCost: costs.words,
    factions: factions.map(
      ({ id, name, about, seat, lands, ideology, traits, strength, treasury, members }): FactionInit => ({
        ...{ id, name, about, ideology, traits, strength, treasury },
        seatRegionId: seat,
        regionIds: [...new Set([seat, ...lands])],
        ...membersOf(parts, members),
      }),
    ),
    actions: FACTION_ACTIONS.map((name): ActionRuleInit => {
      const { weight, leaning, shunning, considers } = actions[name] ?? USUAL_ACTIONS[name];
      return {
        ...{ action: named(FactionAction, name), weight },
        leaning: traitOf(leaning),
        shunning: traitOf(shunning),
        considers: considers.map(({ of, curve, slope, centre }) => ({
          ...{ input: named(FactionInput, of), curve: named(Curve, curve), slope, centre },
        })),
      };
    }),
  };
}

/** Who a faction's people are, and how many of them live in each region. */
function membersOf(
  parts: Parts,
  { roles, works, households }: Parts["factions"]["factions"][number]["members"],
): Pick<FactionInit, "members" | "memberIds"> {
  const regionOf = new Map(standingPlaces(parts).map(({ id, region }) => [id, region]));
  const members: Record<string, number> = {};
  const memberIds: string[] = [];
  for (const household of parts.people.households) {
    const region = regionOf.get(household.in) ?? "";
    for (const member of household.members) {
      const { role, work } = member;
      const isOne =
        households.includes(household.id) ||
        roles.includes(role) ||
        (work !== undefined && works.includes(work));
      if (!isOne) continue;
      members[region] = (members[region] ?? 0) + 1;
      memberIds.push(personIdOf(member, household));
    }
  }
  return { members, memberIds };
}
