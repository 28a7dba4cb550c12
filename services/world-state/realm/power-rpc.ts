import { isContested, landsOf, sharesOf, weigh, type Powers } from "@orrery/politics";
import {
  type ControlShownInit,
  type FactionPlanInit,
  type FactionRelationShownInit,
  type FactionShownInit,
  type FactionStanding,
  type WorldService,
} from "@orrery/schema/world/v1";
import type { Handlers } from "@orrery/service";
import { booksToRead } from "./books.ts";
import { readControl } from "./control-history.ts";
import { hungerIn } from "./hunger.ts";
import { type AroundPowers, lookAtPowers, partyNo, territoryNo } from "./look-powers.ts";
import { reputationShown } from "./reputations/show.ts";

const DAY_GS = 86_400;
const USUAL_DAYS = 90;
const MOST_DAYS = 720;
const MOST_PLANS = 12;

function relationsOf({ powers, affairs }: AroundPowers, self: number): FactionRelationShownInit[] {
  const { grudges } = affairs.standings[self] as FactionStanding;
  return powers.pairs.flatMap(({ a, b }, pair) => {
    if (a !== self && b !== self) return [];
    const otherId = powers.parties[a === self ? b : a]?.id ?? "";
    const { value = 0, stance, treaty } = affairs.relations[pair] ?? {};
    const grudge = grudges[otherId]?.weight ?? 0;
    return [{ otherId, value, grudge, ...(stance && { stance }), ...(treaty && { treaty }) }];
  });
}

function plansOf(around: AroundPowers, self: number): FactionPlanInit[] {
  const { powers, affairs, state, valley, atGs } = around;
  const books = valley && booksToRead(state, valley);
  const hunger = (place: number) => (valley && books ? hungerIn(valley, books, place) : 0);
  return weigh(powers, affairs, self, { atGs: atGs + DAY_GS, hunger })
    .slice(0, MOST_PLANS)
    .map(({ action, target, territory, utility, keptBy, reasons }) => ({
      ...{ action, utility, keptBy, reasons: [...reasons] },
      targetId: powers.parties[target]?.id ?? "",
      regionId: powers.territories[territory]?.id ?? "",
    }));
}

/** Whoever asks, about factions. */
interface Asking {
  readonly tellsPlans: boolean;
  /** Whose reputation is asked for; empty: nobody's. */
  readonly playerId: string;
}

function shown(around: AroundPowers, self: number, { tellsPlans, playerId }: Asking): FactionShownInit {
  const { powers, affairs, ground } = around;
  const { id: factionId, name, ideology, seat, members } = powers.parties[self] as Powers["parties"][number];
  const { power = 0, strength = 0, weariness = 0, treasury = 0, last } = affairs.standings[self] ?? {};
  const about = ground.factions?.factions.find(({ id }) => id === factionId)?.about ?? "";
  return {
    ...{ factionId, name, about, power, strength, weariness, treasury },
    ...(ideology && { ideology }),
    ...(last && { last }),
    seatRegionId: powers.territories[seat]?.id ?? "",
    members: members.reduce((sum, count) => sum + count, 0),
    regionIds: landsOf(affairs, factionId).map((land) => powers.territories[land]?.id ?? ""),
    relations: relationsOf(around, self),
    plans: tellsPlans ? plansOf(around, self) : [],
    ...(playerId !== "" && { reputation: reputationShown(around, factionId, playerId) }),
  };
}

function controlOf({ powers, affairs }: AroundPowers, territory: number): ControlShownInit {
  const control = affairs.controls[territory] as AroundPowers["affairs"]["controls"][number];
  return {
    regionId: powers.territories[territory]?.id ?? "",
    holderId: control.holderId,
    shares: sharesOf(control).map((share) => ({ ...share })),
    contested: isContested(control),
    sinceGs: control.sinceGs,
  };
}

export const powerCalls: Pick<
  Handlers<typeof WorldService>,
  "getFactions" | "getControl" | "getControlHistory"
> = {
  getFactions({ worldId, factionIds, playerId: named }, call) {
    const around = lookAtPowers(call, worldId);
    const asked =
      factionIds.length === 0
        ? around.powers.parties.map((_, party) => party)
        : factionIds.map((id) => partyNo(around, id));
    const isPlayer = call.caller.role === "player";
    const playerId = named === "" && isPlayer ? call.caller.id : named;
    const asking = { tellsPlans: !isPlayer, playerId };
    return { atGs: around.atGs, factions: asked.map((party) => shown(around, party, asking)) };
  },
  getControl({ worldId, regionIds }, call) {
    const around = lookAtPowers(call, worldId);
    const asked =
      regionIds.length === 0
        ? around.powers.territories.map((_, territory) => territory)
        : regionIds.map((id) => territoryNo(around, id));
    return { atGs: around.atGs, regions: asked.map((territory) => controlOf(around, territory)) };
  },
  async getControlHistory({ worldId, fromGs, toGs, stepDays }, call) {
    const { atGs } = lookAtPowers(call, worldId);
    const until = toGs ?? atGs;
    const from = fromGs ?? until - USUAL_DAYS * DAY_GS;
    const asked = { world: worldId, fromGs: from, toGs: until, stepDays };
    return { days: await readControl(call.kit.store, asked, MOST_DAYS) };
  },
};
