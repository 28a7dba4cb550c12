/**
 * The world of events that belong to no world of a game. No world that is made is called so: it exists from the start, has
 * no game time and no pack.
 */
export const PLATFORM = "platform";
