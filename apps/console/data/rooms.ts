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
  "workflows",
] as const;
export type Room = (typeof ROOMS)[number];
