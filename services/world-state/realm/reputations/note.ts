import { create } from "@bufbuild/protobuf";
import {
  esteemAt,
  esteemNews,
  firstEsteem,
  judge,
  type Judgement,
  moveEsteem,
  type PlayerDeed,
} from "@orrery/politics";
import {
  type Esteem,
  type Reputation,
  ReputationChanged,
  ReputationDeed,
  ReputationSchema,
  Stance,
} from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { EventId } from "@orrery/wire";
import { entityIdOf } from "../../player-id.ts";
import { affairsToRead } from "../affairs.ts";
import type { RealmContext, RealmWorld } from "../state.ts";
import { isErased } from "./erased.ts";

/** So many players of a world factions think anything of: more would be a table that anybody can fill. */
export const MOST_KEPT = 1_000;

/**
 * Factions think otherwise of a player for what they did.
 * @param cause what tells of the deed; by default the event in hand
 */
export function note(
  state: RealmWorld,
  player: string,
  did: PlayerDeed,
  ctx: RealmContext,
  cause: EventId | undefined = ctx.cause,
): void {
  const { powers } = ctx.derived;
  const playerId = entityIdOf(player);
  if (powers === undefined || isErased(state, playerId, ctx)) return;
  const known = state.reputations.get(playerId)?.factions ?? {};
  const idOf = (party: number) => powers.parties[party]?.id ?? "";
  const judged = judge(
    powers,
    affairsToRead(state, powers),
    did,
    (party, kind) => known[idOf(party)]?.deeds[kind]?.atGs,
  );
  if (judged.length === 0) return;
  const reputation = toWrite(state, playerId, did.atGs, ctx);
  for (const judgement of judged) {
    const factionId = idOf(judgement.party);
    const esteem = (reputation.factions[factionId] ??= firstEsteem(did.atGs));
    take(esteem, { playerId, factionId, atGs: did.atGs }, judgement, cause, ctx);
  }
}

interface About {
  readonly playerId: string;
  readonly factionId: string;
  readonly atGs: number;
}

function take(
  esteem: Esteem,
  about: About,
  { deed, by }: Judgement,
  cause: EventId | undefined,
  ctx: RealmContext,
): void {
  const { publisher: causePublisher = "", sequence: causeSequence = 0 } = cause ?? {};
  moveEsteem(esteem, { deed, by, atGs: about.atGs }, { causePublisher, causeSequence });
  tellEsteem(esteem, about, deed, ctx, cause);
}

/** Tells of it if it is worth that; what is told now is not told again before it has moved on. */
export function tellEsteem(
  esteem: Esteem,
  { playerId, factionId, atGs }: About,
  why: ReputationDeed,
  ctx: RealmContext,
  cause?: EventId,
): void {
  const news = esteemNews(esteem, atGs);
  if (news === undefined) return;
  Object.assign(esteem, { told: news.value, stance: news.stance });
  ctx.emit(ReputationChanged, { atGs, playerId, factionId, ...news, why }, cause && { cause });
}

function toWrite(state: RealmWorld, playerId: string, atGs: number, ctx: RealmContext): Reputation {
  const { reputations } = state;
  if (reputations.has(playerId)) return reputations.edit(playerId);
  if (reputations.size >= MOST_KEPT) forgetWeakest(state, atGs, ctx);
  return reputations.add(playerId, create(ReputationSchema));
}

/** Whoever is thought of least, well or ill: a stranger never takes the place of somebody's killer. */
function forgetWeakest({ reputations }: RealmWorld, atGs: number, ctx: RealmContext): void {
  const strengthOf = ({ factions }: DeepReadonly<Reputation>) =>
    Math.max(0, ...Object.values(factions).map((esteem) => Math.abs(esteemAt(esteem, atGs))));
  let weakest = { id: "", strength: Infinity };
  for (const [id, reputation] of reputations) {
    const strength = strengthOf(reputation);
    if (strength < weakest.strength || (strength === weakest.strength && id < weakest.id))
      weakest = { id, strength };
  }
  for (const [factionId, { told, stance }] of Object.entries(reputations.get(weakest.id)?.factions ?? {}))
    if (told !== 0 || stance !== Stance.NEUTRAL)
      ctx.emit(ReputationChanged, {
        ...{ atGs, playerId: weakest.id, factionId, value: 0, prev: told },
        ...{ stance: Stance.NEUTRAL, prevStance: stance, why: ReputationDeed.UNSPECIFIED },
      });
  reputations.remove(weakest.id);
}
