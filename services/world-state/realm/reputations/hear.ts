import {
  DeathCause,
  InteractKind,
  type NpcApproached,
  type NpcDied,
  type PeopleFrightened,
} from "@orrery/schema/npc/v1";
import { ReputationDeed, ShortageLevel, type ThingActed, type Trade, Verb } from "@orrery/schema/world/v1";
import type { EventId } from "@orrery/wire";
import { endsOf } from "../routes.ts";
import type { RealmContext, RealmWorld } from "../state.ts";
import { note } from "./note.ts";

/*
 * What players do that factions think of. Mere words are nothing to them, and so is a bell that rings for no reason.
 */

/** Of less of a gift, or of a sale, nobody speaks: in its unit. */
const SPOKEN_OF = 1;

const isPlayer = (id: string) => id.startsWith("player:");

/** Something is done to one of the people, somewhere. */
function done(
  state: RealmWorld,
  deed: ReputationDeed,
  { playerId, npcId, regionId, atGs }: { playerId: string; npcId: string; regionId: string; atGs: number },
  ctx: RealmContext,
): void {
  const { powers } = ctx.derived;
  if (powers === undefined || !isPlayer(playerId)) return;
  const territories = [powers.territoryNo(regionId)];
  note(state, playerId, { deed, party: powers.partyOf(npcId), territories, atGs }, ctx);
}

export function hearApproach(state: RealmWorld, event: NpcApproached, ctx: RealmContext): void {
  // A gift is known by its answer: that tells what it was, too.
  if (event.kind === InteractKind.HELP) done(state, ReputationDeed.HELP, event, ctx);
  if (event.kind === InteractKind.THREATEN) done(state, ReputationDeed.THREAT, event, ctx);
}

export function hearGift(
  state: RealmWorld,
  event: { playerId: string; npcId: string; regionId: string; atGs: number; quantity: number },
  ctx: RealmContext,
): void {
  if (event.quantity >= SPOKEN_OF) done(state, ReputationDeed.GIFT, event, ctx);
}

/** Somebody attacks somebody, and people saw it: what nobody saw nobody holds against anybody. */
export function hearAttack(
  state: RealmWorld,
  { sourceId: playerId, victimId: npcId, regionId, atGs }: PeopleFrightened,
  ctx: RealmContext,
): void {
  if (npcId !== "" && npcId !== playerId)
    done(state, ReputationDeed.ATTACK, { playerId, npcId, regionId, atGs }, ctx);
}

export function hearKilling(
  state: RealmWorld,
  { killerId: playerId, npcId, regionId, atGs, cause }: NpcDied,
  ctx: RealmContext,
): void {
  if (cause === DeathCause.VIOLENCE)
    done(state, ReputationDeed.KILLING, { playerId, npcId, regionId, atGs }, ctx);
}

/** A barred road is taken ill by those who hold the land at its ends. */
export function hearBarred(
  state: RealmWorld,
  { actorId, verb, routeId, atGs }: ThingActed,
  ctx: RealmContext,
): void {
  const { powers, valley } = ctx.derived;
  if (powers === undefined || valley === undefined || verb !== Verb.BAR || !isPlayer(actorId)) return;
  const territories = endsOf(valley, routeId).map(powers.territoryNo);
  note(state, actorId, { deed: ReputationDeed.BARRED, party: -1, territories, atGs }, ctx);
}

/** Somebody has sold what was short: it leads back to the shortage. */
export function hearSale(
  state: RealmWorld,
  { playerId, regionId, goodId, quantity }: Pick<Trade, "playerId" | "regionId" | "goodId" | "quantity">,
  ctx: RealmContext,
): void {
  const { powers } = ctx.derived;
  const market = state.markets.get(`${regionId}/${goodId}`);
  const isShort = market?.level === ShortageLevel.SHORT || market?.level === ShortageLevel.CRITICAL;
  if (powers === undefined || market === undefined || !isShort || quantity < SPOKEN_OF) return;
  const { causePublisher: publisher, causeSequence: sequence } = market;
  const cause: EventId | undefined = publisher === "" ? undefined : { publisher, sequence };
  const territories = [powers.territoryNo(regionId)];
  const did = { deed: ReputationDeed.SALE, party: -1, territories, atGs: state.root.hourGs };
  note(state, playerId, did, ctx, cause);
}
