import { defineErrors } from "@orrery/wire";

export const worldStateErrors = defineErrors({
  WORLD_ID: {
    status: "invalid_argument",
    summary: "That cannot be the id of a world",
    todo: "Give it 1 to 64 lower case letters, digits and hyphens; `platform` is taken",
  },
  WORLD_EXISTS: {
    status: "already_exists",
    summary: "There is such a world, or there was",
    todo: "Choose another id: what was said under one belongs to its world for ever",
  },
  WORLD_NO_RECORD: {
    status: "not_found",
    summary: "No such world was made here",
    todo: "Make it with CreateWorld; ListWorlds at the edge says which there are",
  },
  WORLD_TERMS: {
    status: "invalid_argument",
    summary: "A world cannot begin like that",
    todo: "Give a seed of 1 to 256 characters, a rate of 0.1 to 36,000 game seconds a second, and names of up to 128; forks are made by bus.v1.WorldService/Fork",
  },
  WORLD_PACK_PART: {
    status: "invalid_argument",
    summary: "That is no part of a pack",
    todo: "Cut each section into pieces of 1 to 131,072 bytes, counted from 0, at most 512 of them, under the SHA-256 of the whole section in hex",
  },
  WORLD_PACK_UNSAID: {
    status: "failed_precondition",
    summary: "Sections of the pack are not here, or are not what their digest says",
    todo: "Bring all parts of the sections named with PutPackPart, then ask again with the same key",
  },
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
  WORLD_TRADE_ORDER: {
    status: "invalid_argument",
    summary: "A trade cannot be ordered like that",
    todo: "Say whether it is bought or sold, and a quantity over 0",
  },
  WORLD_NOT_ENOUGH: {
    status: "failed_precondition",
    summary: "There is not as much as the trade would need",
    todo: "Ask for less, elsewhere, or later: the message says what is there",
  },
  WORLD_QUOTE_STALE: {
    status: "failed_precondition",
    summary: "It would come to something else by now",
    todo: "Ask whether the total in the message will do, and reserve again with that as the limit",
  },
  WORLD_NOT_WELCOME: {
    status: "failed_precondition",
    summary: "Who holds the land is hostile to the player: its markets sell them nothing",
    todo: "Buy where another faction holds the land, or make up for it: gifts to people there and goods sold in a shortage count, and half of what was done is forgotten in 60 game days; Explain with the faction and the player says what is held against them",
  },
  WORLD_TRADES_OPEN: {
    status: "resource_exhausted",
    summary: "A player has three trades open, or three gifts held out, already",
    todo: "Commit or release one of them first; what nobody pays for is let go after an hour of the game and ten minutes",
  },
  WORLD_TRADE_CLOSED: {
    status: "failed_precondition",
    summary: "There is no such trade open: it is done, was let go, or was never agreed on",
    todo: "Reserve anew; if it was paid for, give the money back",
  },
  WORLD_ENTITY_CHANGE: {
    status: "invalid_argument",
    summary: "A change of an entity makes no sense",
    todo: "Name each entity once, as npc:, player:, object:, faction: or place: and a slug, with 1 to 100 changes; remove only objects; give a new one a region",
  },
  WORLD_VERSION_CONFLICT: {
    status: "aborted",
    summary: "Somebody else was first: an entity is at another version than was expected",
    todo: "Read the entities named, think again, and send all changes with the versions they have now",
  },
  WORLD_PROP_NOT_YOURS: {
    status: "permission_denied",
    summary: "A prop belongs to another service",
    todo: "Write props of your own prefix: npc. is npc-behavior's, quest. quest-system's, story. story-teller's, scene. environmental-narrative's, world. an operator's",
  },
  WORLD_ENTITY_TOO_LARGE: {
    status: "resource_exhausted",
    summary: "An entity would have more than 64 props or 16 KiB of them",
    todo: "Unset props that nobody reads, or keep what is large with its service",
  },
  WORLD_UNKNOWN_PLACE: {
    status: "not_found",
    summary: "There is no such place",
    todo: "Name a place of the world's pack",
  },
  WORLD_UNKNOWN_ENTITY: {
    status: "not_found",
    summary: "There is no such entity",
    todo: "Name one of the region's; QueryEntities with kind OBJECT lists its things",
  },
  WORLD_ROUTE_CLOSED: {
    status: "failed_precondition",
    summary: "A gate on the way is barred",
    todo: "Have it opened (Act with UNBAR, from where it is), or wait: it opens by itself",
  },
  WORLD_ACT_REFUSED: {
    status: "failed_precondition",
    summary: "That cannot be done with it, not there, or not now",
    todo: "Go where it is, do what it knows (its prop world.verbs says so), or wait: the message says what stands in the way",
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
