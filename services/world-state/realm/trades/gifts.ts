import { create } from "@bufbuild/protobuf";
import type { GiftAnswered } from "@orrery/schema/npc/v1";
import { GiftSchema, GoodsOffered, type GiveRequest, type GiveResponseInit } from "@orrery/schema/world/v1";
import { OrreryError } from "@orrery/wire";
import { worldStateErrors } from "../../errors.ts";
import { entityIdOf } from "../../player-id.ts";
import { hearGift } from "../reputations/hear.ts";
import type { RealmContext, RealmWorld } from "../state.ts";
import { add, has, take } from "./holdings.ts";

const [LEAST, MOST] = [0.1, 1_000];
const MOST_OPEN = 3;
/**
 * An answer may stay out: whoever was to give it stands still, or gave the offer up. The goods are the player's again after so
 * many game seconds. People take nothing that was held out a game day before, so that no gift is both taken and put back.
 */
const HELD_OUT_GS = 2 * 86_400;

/**
 * A player holds something out to somebody. Whether they are there and awake npc-behavior knows, and answers: until then it is set
 * aside, and it is the player's again if they do not take it.
 * @throws WORLD_NO_MARKETS, WORLD_UNKNOWN_MARKET, WORLD_TRADE_ORDER, WORLD_NOT_ENOUGH, WORLD_TRADES_OPEN
 */
export function give(
  state: RealmWorld,
  { playerId, npcId, goodId, quantity }: GiveRequest,
  ctx: RealmContext,
): GiveResponseInit {
  const { valley } = ctx.derived;
  if (valley === undefined) throw new OrreryError(worldStateErrors.WORLD_NO_MARKETS, { given: goodId });
  if (valley.goodNo(goodId) < 0)
    throw new OrreryError(worldStateErrors.WORLD_UNKNOWN_MARKET, { given: goodId });
  if (!(quantity >= LEAST && quantity <= MOST))
    throw new OrreryError(worldStateErrors.WORLD_TRADE_ORDER, { given: `${quantity} given` });
  const held = has(state, playerId, goodId);
  if (held < quantity)
    throw new OrreryError(worldStateErrors.WORLD_NOT_ENOUGH, { given: `you have ${held} of ${goodId}` });
  const id = entityIdOf(playerId);
  const open = [...state.gifts].filter(([, gift]) => gift.playerId === id).length;
  if (open >= MOST_OPEN)
    throw new OrreryError(worldStateErrors.WORLD_TRADES_OPEN, { given: `${open} gifts held out` });
  take(state, playerId, goodId, quantity);
  state.root.given += 1;
  const giftId = `gift:${state.root.given}`;
  state.gifts.add(
    giftId,
    create(GiftSchema, { playerId: id, npcId, goodId, quantity, sinceGs: state.root.hourGs }),
  );
  ctx.emit(GoodsOffered, { atGs: state.root.hourGs, giftId, playerId: id, npcId, goodId, quantity });
  return { giftId, left: has(state, playerId, goodId) };
}

/** They have taken it, and it is theirs; or it is the player's as before. */
export function hearAnswer(
  state: RealmWorld,
  { giftId, taken, regionId, atGs }: GiftAnswered,
  ctx: RealmContext,
): void {
  const gift = state.gifts.get(giftId);
  // Whoever is erased holds nothing out any more, nor does who has it back.
  if (gift === undefined) return;
  const { playerId, npcId, goodId, quantity } = gift;
  state.gifts.remove(giftId);
  if (taken) hearGift(state, { playerId, npcId, regionId, atGs, quantity }, ctx);
  else add(state, playerId, goodId, quantity);
}

/** What nobody has answered for long is the player's as before. */
export function takeBack(state: RealmWorld, atGs: number): void {
  const unanswered = [...state.gifts].filter(([, { sinceGs }]) => sinceGs + HELD_OUT_GS <= atGs);
  for (const [giftId, { playerId, goodId, quantity }] of unanswered) {
    state.gifts.remove(giftId);
    add(state, playerId, goodId, quantity);
  }
}

/** Nothing that an erased player had is anybody's. @param subject as events name it */
export function forgetGoods({ gifts, holdings }: RealmWorld, subject: string): void {
  const id = entityIdOf(subject);
  const own = [...gifts].filter(([, gift]) => gift.playerId === id);
  for (const [giftId] of own) gifts.remove(giftId);
  if (holdings.has(id)) holdings.remove(id);
}
