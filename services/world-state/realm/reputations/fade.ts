import { esteemNews, isForgotten, type Powers } from "@orrery/politics";
import { type Reputation, ReputationDeed } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { RealmContext, RealmWorld } from "../state.ts";
import { tellEsteem } from "./note.ts";

/** A day has passed: what time made of what is thought of players is told, and what it left nothing of is gone. */
export function fadeReputations(state: RealmWorld, atGs: number, ctx: RealmContext): void {
  const { reputations } = state;
  const isStale = ({ factions }: Pick<DeepReadonly<Reputation>, "factions">) =>
    Object.values(factions).some(
      (esteem) => esteemNews(esteem, atGs) !== undefined || isForgotten(esteem, atGs),
    );
  for (const playerId of reputations.ids()) {
    if (!isStale(reputations.get(playerId) ?? { factions: {} })) continue;
    const { factions } = reputations.edit(playerId);
    for (const factionId of Object.keys(factions).sort()) {
      const esteem = factions[factionId];
      if (esteem === undefined) continue;
      tellEsteem(esteem, { playerId, factionId, atGs }, ReputationDeed.UNSPECIFIED, ctx);
      if (isForgotten(esteem, atGs)) delete factions[factionId];
    }
    removeEmpty(state, playerId);
  }
}

/** A faction that is gone from the pack thinks of nobody; one that comes again begins anew. */
export function keepThoseOf(state: RealmWorld, powers: Powers | undefined): void {
  const { reputations } = state;
  for (const playerId of reputations.ids()) {
    const isGone = (factionId: string) => (powers?.partyNo(factionId) ?? -1) < 0;
    const gone = Object.keys(reputations.get(playerId)?.factions ?? {}).filter(isGone);
    if (gone.length === 0) continue;
    const { factions } = reputations.edit(playerId);
    for (const factionId of gone) delete factions[factionId];
    removeEmpty(state, playerId);
  }
}

function removeEmpty({ reputations }: RealmWorld, playerId: string): void {
  if (Object.keys(reputations.get(playerId)?.factions ?? {}).length === 0) reputations.remove(playerId);
}
