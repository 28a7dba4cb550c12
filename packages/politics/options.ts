import { FactionAction, FactionInput, type RegionControl, Stance, Treaty } from "@orrery/schema/world/v1";
import type { Day } from "./affairs.ts";
import type { Inputs } from "./considered.ts";
import { FREE, sharesOf } from "./control.ts";
import { type Outlook, ratio } from "./outlook.ts";

const { POWER, BORDER, GRUDGE, NEED, RELATION, STRENGTH } = FactionInput;
/** Of a land that nobody holds. */
const FREE_STRENGTH = 0.5;
/** A lead of so much leaves nothing to fear. */
const AT_EASE = 0.4;
const NEIGHBOURS_AT_MOST = 4;
/** Nobody agrees on trade with those it trusts less. */
const TRUSTED = 0.1;
const DAY_GS = 86_400;
/** A truce is no news to those who have not fought for so long. */
const STALE_DAYS = 60;
/** How much an end to it is wanted by those who are not tired of it. */
const HAND = 0.1;

/** Something that a faction may do. */
export interface Option {
  readonly action: FactionAction;
  /** The other faction's number; -1: it is about none. */
  readonly target: number;
  /** -1: it is done nowhere. */
  readonly territory: number;
  readonly inputs: Inputs;
}

const within = (value: number) => Math.min(1, Math.max(0, value));
const [NOBODY, NOWHERE] = [-1, -1];

/** All that there is to do for a faction on a day. */
export function optionsOf(outlook: Outlook, day: Pick<Day, "hunger" | "atGs">): readonly Option[] {
  return [
    ...expansions(outlook),
    ...holdings(outlook),
    ...reliefs(outlook, day),
    ...outlook.others.flatMap((other) => dealings(outlook, other, day.atGs)),
    {
      action: FactionAction.RECRUIT,
      ...{ target: NOBODY, territory: outlook.party.seat },
      inputs: { [NEED]: 1 - outlook.standing.strength, [POWER]: outlook.threat() },
    },
  ];
}

function expansions({ powers, affairs, self, party, standing, lands, relation, grudge }: Outlook): Option[] {
  const { parties, territories } = powers;
  const fair = territories.length / parties.length;
  const reach = new Set(lands.flatMap((land) => territories[land]?.next ?? []));
  return [...reach]
    .filter((at) => territories[at]?.seatOf === NOBODY && !lands.includes(at))
    .map((territory) => {
      const { holderId, shares } = affairs.controls[territory] as RegionControl;
      const holder = powers.partyNo(holderId);
      const beside = territories[territory]?.next.filter((at) => lands.includes(at)).length ?? 0;
      const [theirPower, theirStrength] =
        holder < 0
          ? [FREE, FREE_STRENGTH]
          : [affairs.standings[holder]?.power ?? 0, affairs.standings[holder]?.strength ?? 0];
      return {
        ...{ action: FactionAction.EXPAND, target: holder === self ? NOBODY : holder, territory },
        inputs: {
          [POWER]: ratio(standing.power, theirPower),
          [STRENGTH]: ratio(standing.strength, theirStrength),
          [BORDER]: within((shares[party.id] ?? 0) * 2 + beside / NEIGHBOURS_AT_MOST),
          [NEED]: within(1 - lands.length / (2 * fair)),
          [GRUDGE]: holder < 0 ? 0 : grudge(holder),
          [RELATION]: holder < 0 ? 0.5 : (relation(holder).value + 1) / 2,
        },
      };
    });
}

function holdings({ powers, affairs, party, lands }: Outlook): Option[] {
  return lands
    .filter((at) => powers.territories[at]?.seatOf === NOBODY)
    .map((territory) => {
      const control = affairs.controls[territory] as RegionControl;
      const own = control.shares[party.id] ?? 0;
      const next = sharesOf(control).find(({ factionId }) => factionId !== party.id)?.share ?? 0;
      const inputs = { [NEED]: within(1 - (own - next) / AT_EASE), [BORDER]: within(2 * own) };
      return { action: FactionAction.FORTIFY, target: NOBODY, territory, inputs };
    });
}

const reliefs = ({ lands }: Outlook, { hunger }: Pick<Day, "hunger">): Option[] =>
  lands
    .filter((at) => hunger(at) > 0)
    .map((territory) => ({
      ...{ action: FactionAction.RELIEF, target: NOBODY, territory },
      inputs: { [NEED]: hunger(territory) },
    }));

/** What may be done with, or to, another faction. */
function dealings(outlook: Outlook, target: number, atGs: number): Option[] {
  const { affairs, standing, relation, grudge, border, threat } = outlook;
  const { value, stance, treaty, raidedGs, sanctionedUntilGs } = relation(target);
  const { power = 0, strength = 0, treasury = 0 } = affairs.standings[target] ?? {};
  const all = standing.treasury + treasury;
  const inputs = {
    [POWER]: ratio(standing.power, power),
    [STRENGTH]: ratio(standing.strength, strength),
    [BORDER]: border(target),
    [GRUDGE]: grudge(target),
    [RELATION]: (value + 1) / 2,
  };
  const option = (action: FactionAction, need: number): Option[] => [
    { action, target, territory: NOWHERE, inputs: { ...inputs, [NEED]: within(need) } },
  ];
  const isHostile = stance !== Stance.UNSPECIFIED && stance <= Stance.TENSE;
  const isFriend = stance >= Stance.FRIENDLY;
  const isFresh = raidedGs > 0 && atGs - raidedGs < STALE_DAYS * DAY_GS;
  return [
    ...(isHostile ? option(FactionAction.RAID, all === 0 ? 0 : treasury / all) : []),
    ...(isHostile && sanctionedUntilGs <= atGs ? option(FactionAction.SANCTION, 1 - standing.weariness) : []),
    ...(isFresh ? option(FactionAction.TRUCE, HAND + 2 * standing.weariness) : []),
    ...(isFriend && treaty !== Treaty.ALLIANCE ? option(FactionAction.ALLY, threat(target)) : []),
    ...(stance >= Stance.NEUTRAL && value >= TRUSTED && treaty === Treaty.UNSPECIFIED
      ? option(FactionAction.PACT, all === 0 ? 0 : treasury / all)
      : []),
    ...(treaty === Treaty.ALLIANCE ? option(FactionAction.BETRAY, all === 0 ? 0 : treasury / all) : []),
  ];
}
