import { create } from "@bufbuild/protobuf";
import { gain } from "@orrery/npc-mind";
import { GiftAnswered, GiftRefusal, InteractKind, type Mind, NpcApproached } from "@orrery/schema/npc/v1";
import { FactSchema, type GoodsOffered, Need, SpeechAct } from "@orrery/schema/world/v1";
import { settleBody } from "../turn/body.ts";
import { guestBeside, STRANGER } from "./guests.ts";
import { DEEDS, FELT, seen } from "./interact.ts";
import { lineFor } from "../talk/lines.ts";
import { PACK, type PeopleContext, type PeopleWorld } from "../state.ts";
import { feel, speak } from "../talk/talk.ts";
import { atOf, type Turn } from "../turn/turn.ts";

/** A gift makes up for half of a need at most: nobody eats a bushel at once, and what is left is eaten unseen. */
const MOST_GAIN = 0.5;
/** What was held out longer ago than this, game seconds, is not taken: world-state gives it back to the player in the end. */
const MOST_LATE_GS = 86_400;

/** A player holds something out to somebody: who is there and awake takes it, thanks them, and all who are there remember it. */
export function hearOffer(
  state: PeopleWorld,
  { giftId, playerId, npcId, goodId, quantity, atGs }: GoodsOffered,
  ctx: PeopleContext,
): void {
  const { derived: standing } = ctx;
  const nowGs = Math.max(atGs, state.root.drainedGs);
  const isLate = nowGs - atGs > MOST_LATE_GS;
  const why = isLate ? GiftRefusal.TOO_LATE : keptFromTaking(state, playerId, npcId, ctx);
  const taken = why === GiftRefusal.UNSPECIFIED;
  const where = state.minds.get(npcId)?.regionId ?? "";
  ctx.emit(GiftAnswered, { atGs: nowGs, giftId, npcId, playerId, regionId: where, taken, why });
  if (!taken) return;

  const mind = state.minds.edit(npcId);
  const turn: Turn = { mind, nowGs, state, standing, ctx };
  const { regionId, placeId } = mind;
  const told = { atGs: nowGs, npcId, playerId, regionId, placeId, exchangeId: giftId };
  const origin = ctx.emit(NpcApproached, { ...told, kind: InteractKind.GIVE });
  const servings = state.surroundings.get(PACK)?.servings ?? {};
  const serving = Object.hasOwn(servings, goodId) ? servings[goodId] : undefined;
  if (serving !== undefined && serving.need !== Need.UNSPECIFIED && serving.use > 0) {
    settleBody(turn);
    gain(mind.needs, serving.need, Math.min(MOST_GAIN, quantity / serving.use));
  }
  const deed = DEEDS.get(InteractKind.HELP);
  const felt = FELT.get(InteractKind.HELP);
  if (deed === undefined || felt === undefined) return;
  const fact = create(FactSchema, {
    subject: playerId,
    predicate: deed.predicate,
    object: npcId,
    place: placeId,
  });
  seen(turn, { ...deed, fact, nowGs }, origin);
  const to = { npcId: playerId, name: STRANGER, householdId: "" };
  feel(turn, mind, to, felt);
  const random = ctx.streams.stream("gift", npcId, giftId);
  const act = SpeechAct.ANSWER;
  const line = lineFor(turn, { act, to, fact, random });
  if (line !== undefined) speak(turn, mind, to, { ...line, act, exchangeId: giftId, atGs: nowGs });
}

function keptFromTaking(
  state: PeopleWorld,
  playerId: string,
  npcId: string,
  { derived }: PeopleContext,
): GiftRefusal {
  const known = state.minds.get(npcId);
  if (known === undefined || state.late.has(npcId)) return GiftRefusal.NOBODY;
  if (guestBeside(state, playerId, known) === undefined) return GiftRefusal.OUT_OF_REACH;
  const isAsleep = atOf({ state, standing: derived }, known as Mind)?.asleep === true;
  return isAsleep ? GiftRefusal.ASLEEP : GiftRefusal.UNSPECIFIED;
}
