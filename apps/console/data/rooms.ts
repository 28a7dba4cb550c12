/** In the order of the rail, and of the keys. */
export const ROOMS = [
  "world",
  "stream",
  "walk",
  "people",
  "market",
  "factions",
  "why",
  "worlds",
  "services",
  "state",
  "letters",
  "webhooks",
  "players",
  "ledger",
  "flags",
  "workflows",
  "routes",
  "engines",
  "frames",
  "options",
] as const;
export type Room = (typeof ROOMS)[number];

/** Where there is nothing for anybody else. Whoever comes there by a link is told so. */
const OF_ADMINS: ReadonlySet<Room> = new Set([
  ...(["letters", "webhooks", "players", "ledger", "flags", "workflows", "routes", "engines"] as const),
]);
const OF_PLAYERS: ReadonlySet<Room> = new Set(["options"]);

/** Rooms that are worth a way to them. */
export const roomsFor = ({ isAdmin }: { readonly isAdmin: boolean }): readonly Room[] =>
  ROOMS.filter((room) => !(isAdmin ? OF_PLAYERS : OF_ADMINS).has(room));
