/** What an entity of a player is called. */
export const entityIdOf = (playerId: string): string =>
  playerId.startsWith("player:") ? playerId : `player:${playerId}`;
