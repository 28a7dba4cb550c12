import { defineErrors } from "@orrery/wire";

export const worldStateErrors = defineErrors({
  WORLD_TOO_MANY_ENTITIES: {
    status: "invalid_argument",
    summary: "More entities are asked for than one answer holds",
    todo: "Ask for at most 500 ids at once, or query them in pages",
  },
  WORLD_NO_MARKETS: {
    status: "failed_precondition",
    summary: "The world has no goods",
    todo: "Give its pack an economy.yaml; worlds/hollowmere has one to start from",
  },
  WORLD_SIMULATE_DAYS: {
    status: "invalid_argument",
    summary: "So many days cannot be simulated",
    todo: "Ask for 1 to 3,600 days",
  },
  WORLD_SIMULATE_CHANGES: {
    status: "invalid_argument",
    summary: "The changes of a simulation are too many or out of range",
    todo: "Give at most 32 changes, each of one kind, with factors of 0 to 100",
  },
  WORLD_NO_FACTIONS: {
    status: "failed_precondition",
    summary: "The world has no factions",
    todo: "Give its pack a factions.yaml; worlds/hollowmere has one to start from",
  },
  WORLD_UNKNOWN_FACTION: {
    status: "not_found",
    summary: "There is no such faction, or no such region",
    todo: "Name a faction and a region of the world's pack; GetFactions without any lists them all",
  },
  WORLD_UNKNOWN_PLACE: {
    status: "not_found",
    summary: "There is no such place",
    todo: "Name a place of the world's pack",
  },
  WORLD_NO_GATE: {
    status: "failed_precondition",
    summary: "The world has no place where players could come in",
    todo: "Give its pack places; `gate` in pack.yaml names one of them",
  },
  WORLD_UNKNOWN_RULE: {
    status: "not_found",
    summary: "The world's pack has no such event",
    todo: "Name a rule of its events.yaml; ListEvents lists them to admins",
  },
  WORLD_EVENT_ORDER: {
    status: "invalid_argument",
    summary: "An event cannot be ordered like that",
    todo: "Name a region of the world, an intensity of 0 to 1, and 1 to 8,760 game hours",
  },
  WORLD_EVENTS_FULL: {
    status: "failed_precondition",
    summary: "So much happens there already that nothing more can",
    todo: "Wait, or end something first: at most three events a world, and one a region",
  },
  WORLD_UNKNOWN_MARKET: {
    status: "not_found",
    summary: "There is no such region or good",
    todo: "Name a region and a good of the world's pack; GetMarket without either lists them all",
  },
});
