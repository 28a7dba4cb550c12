import { create } from "@bufbuild/protobuf";
import { gain } from "@orrery/npc-mind";
import {
  DeathCause,
  type KillRequest,
  type KillResponseInit,
  LateSchema,
  type Mind,
  NpcDied,
} from "@orrery/schema/npc/v1";
import { Need, Predicate } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import { type EventId, OrreryError } from "@orrery/wire";
import { npcErrors } from "../errors.ts";
import { startle } from "../danger/fright.ts";
import { checkWho } from "../danger/who.ts";
import { witness } from "../talk/news.ts";
import { vacate } from "./posts.ts";
import { free } from "../standing.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";
import { atOf } from "../turn/turn.ts";

/** So many of those who are there see it. */
const WITNESSES = 16;
const CAUSES: ReadonlySet<number> = new Set(
  Object.values(DeathCause).filter((cause) => cause !== DeathCause.UNSPECIFIED),
);
/** What it does to those who lived with them, and what a killing is to those who see it. */
const GRIEF = { need: Need.COMPANY, by: -0.4 };
const VIOLENCE = { felt: 0.9, radiusM: 100, strength: 0.8 };
const [SEEN, MOURNED] = [0.9, 1];
/** So many are named of a household, which may be an abbey's: all of them mourn. */
const HEIRS = 64;

/**
 * Somebody is killed by order.
 * @throws NPC_UNKNOWN, NPC_DEAD, NPC_DEATH_CAUSE, NPC_WHO
 */
export function kill(
  state: PeopleWorld,
  { npcId, cause, killerId }: Pick<KillRequest, "npcId" | "cause" | "killerId">,
  ctx: PeopleContext,
): KillResponseInit {
  if (state.late.has(npcId)) throw new OrreryError(npcErrors.NPC_DEAD, { given: npcId });
  const mind = state.minds.get(npcId);
  if (mind === undefined) throw new OrreryError(npcErrors.NPC_UNKNOWN, { given: npcId });
  if (!CAUSES.has(cause)) throw new OrreryError(npcErrors.NPC_DEATH_CAUSE, { given: `cause ${cause}` });
  checkWho(killerId);
  return die(state, mind, { cause, killerId, nowGs: state.root.drainedGs }, ctx);
}

/** What somebody dies of, and when. */
export interface Fate {
  readonly cause: DeathCause;
  readonly nowGs: number;
  readonly killerId?: string;
  /** The event behind it; undefined: the one in hand. */
  readonly origin?: EventId | undefined;
}

/**
 * Somebody is no more: their last event is told, those who saw it and those who lived with them know, and from them the others
 * hear.
 */
export function die(
  state: PeopleWorld,
  mind: DeepReadonly<Mind>,
  { cause, nowGs, killerId = "", origin: behind }: Fate,
  ctx: PeopleContext,
): KillResponseInit {
  const { derived: standing } = ctx;
  const { npcId, name, roleId, regionId, placeId, householdId } = mind;
  const witnessIds = standing.present
    .at(placeId)
    .filter((id) => id !== npcId)
    .filter((id) => atOf({ state, standing }, state.minds.get(id) as Mind)?.asleep !== true)
    .slice(0, WITNESSES);
  const ageOf = (id: string) => state.minds.get(id)?.ageYears ?? 0;
  const kinIds = standing.households
    .at(householdId)
    .filter((id) => id !== npcId)
    .sort((one, other) => ageOf(other) - ageOf(one));
  const heirIds = kinIds.slice(0, HEIRS);

  standing.present.go(placeId, npcId);
  standing.households.go(householdId, npcId);
  free(standing, mind);
  standing.due.drop(npcId);
  state.minds.remove(npcId);
  vacate(state, mind, { nowGs, afterId: npcId }, ctx);
  state.late.add(npcId, create(LateSchema, { name, roleId, diedGs: nowGs, cause }));
  const said = { atGs: nowGs, npcId, regionId, placeId, name, roleId, killerId, cause, witnessIds, heirIds };
  const origin = ctx.emit(NpcDied, said, behind && { cause: behind });

  const isKilled = killerId !== "" && cause === DeathCause.VIOLENCE;
  const seen = isKilled
    ? { subject: killerId, predicate: Predicate.KILLED, object: npcId, place: placeId }
    : { subject: npcId, predicate: Predicate.DIED, place: placeId };
  const known = new Set(witnessIds);
  const danger = { ...VIOLENCE, spot: [mind.xM, mind.yM] as const, victimId: npcId };
  for (const id of witnessIds) {
    const seer = state.minds.edit(id);
    witness(seer, { fact: seen, valence: -1, importance: SEEN, nowGs }, origin);
    if (isKilled && id !== killerId) startle(seer, VIOLENCE.felt, danger, { state, ctx, nowGs });
  }
  for (const id of kinIds) {
    const kin = state.minds.edit(id);
    const fact = { subject: npcId, predicate: Predicate.DIED, place: placeId };
    if (!known.has(id)) witness(kin, { fact, valence: -1, importance: MOURNED, nowGs }, origin);
    gain(kin.needs, GRIEF.need, GRIEF.by);
  }
  return { witnessIds, heirIds };
}
