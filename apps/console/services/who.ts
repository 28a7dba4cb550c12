const GUEST = "player:guest-";
const PLAYER = "player:";

/** Who came in: a guest without a name, a player of the game, or whoever holds the key. */
export function whoIs(playerId: string): "guest" | "player" | "operator" {
  if (playerId.startsWith(GUEST)) return "guest";
  return playerId.startsWith(PLAYER) ? "player" : "operator";
}
