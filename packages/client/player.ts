const PREFIX = "player:";

/** The entity that a player is in their world, `player:ada`: what GetEntities asks for and events name. */
export const playerEntity = ({ player }: { readonly player: string }): string =>
  player.startsWith(PREFIX) ? player : `${PREFIX}${player}`;
