import { defineErrors } from "@orrery/wire";

/** What can be wrong with a pack. The particulars name file, line and column. */
export const packErrors = defineErrors({
  PACK_REFUSED: {
    status: "invalid_argument",
    summary: "The pack has mistakes",
    todo: "Correct the lines named; a running world keeps the revision it has",
  },
  PACK_NOT_FOUND: {
    status: "not_found",
    summary: "There is no such pack",
    todo: "Give a folder that holds a pack.yaml; `ls worlds` shows the packs of this checkout",
  },
  PACK_FILE_MISSING: {
    status: "not_found",
    summary: "A file of the pack is missing",
    todo: "Add the file; worlds/hollowmere has one of each kind to start from",
  },
  PACK_FILE_UNREADABLE: {
    status: "invalid_argument",
    summary: "A file of the pack cannot be read",
    todo: "Put a plain file there that the user who runs Orrery may read",
  },
  PACK_ENCODING: {
    status: "invalid_argument",
    summary: "A file is not UTF-8 text",
    todo: "Save it as UTF-8",
  },
  PACK_SYNTAX: {
    status: "invalid_argument",
    summary: "A file is not valid YAML",
    todo: "Correct the line named",
  },
  PACK_SHAPE: {
    status: "invalid_argument",
    summary: "A value is missing, of the wrong kind or out of its range",
    todo: "Give a value as the message says",
  },
  PACK_UNKNOWN_KEY: {
    status: "invalid_argument",
    summary: "A key means nothing here",
    todo: "Remove it, or write the one that was meant",
  },
  PACK_DUPLICATE_ID: {
    status: "invalid_argument",
    summary: "Two things have the same id",
    todo: "Rename one of them",
  },
  PACK_UNKNOWN_REGION: {
    status: "invalid_argument",
    summary: "There is no such region",
    todo: "Name a region of regions.yaml",
  },
  PACK_UNKNOWN_CLIMATE: {
    status: "invalid_argument",
    summary: "There is no such climate",
    todo: "Name a climate of climates.yaml",
  },
  PACK_UNKNOWN_CORNER: {
    status: "invalid_argument",
    summary: "There is no such corner",
    todo: "Name a corner of regions.yaml, or add it",
  },
  PACK_UNKNOWN_WATER: {
    status: "invalid_argument",
    summary: "There is no such river or lake",
    todo: "Name a river or lake of waters.yaml",
  },
  PACK_UNKNOWN_PLACE: {
    status: "invalid_argument",
    summary: "There is no such place",
    todo: "Name a place of places.yaml; a settlement is one that says `at`",
  },
  PACK_UNKNOWN_SPECIES: {
    status: "invalid_argument",
    summary: "There is no such species",
    todo: "Name a species of species.yaml, or add it",
  },
  PACK_UNKNOWN_ACTIVITY: {
    status: "invalid_argument",
    summary: "There is no such activity",
    todo: "Name an activity of activities.yaml without its prefix, or add it",
  },
  PACK_UNKNOWN_ROUTINE: {
    status: "invalid_argument",
    summary: "There is no such routine",
    todo: "Name a routine of roles.yaml, or add it",
  },
  PACK_UNKNOWN_ROLE: {
    status: "invalid_argument",
    summary: "There is no such role",
    todo: "Name a role of roles.yaml, or add it",
  },
  PACK_UNKNOWN_HOUSEHOLD: {
    status: "invalid_argument",
    summary: "There is no such household",
    todo: "Name a household of people.yaml, or add it",
  },
  PACK_UNKNOWN_DAY: {
    status: "invalid_argument",
    summary: "The calendar has no such weekday, or no holiday with such a tag",
    todo: "Name a weekday or a holiday's tag of calendar.yaml",
  },
  PACK_SOCIETY: {
    status: "invalid_argument",
    summary: "What is said of people's days and work does not fit together",
    todo: "Correct the value named",
  },
  PACK_UNKNOWN_GOOD: {
    status: "invalid_argument",
    summary: "There is no such good",
    todo: "Name a good of economy.yaml, or add it",
  },
  PACK_UNKNOWN_ROAD: {
    status: "invalid_argument",
    summary: "There is no such road",
    todo: "Name a road of roads.yaml",
  },
  PACK_ECONOMY: {
    status: "invalid_argument",
    summary: "What is made, needed and carried does not fit together",
    todo: "Let more be made or carried, or less be needed",
  },
  PACK_FACTIONS: {
    status: "invalid_argument",
    summary: "What factions hold does not fit together",
    todo: "Give each region to one faction at most, and goods to a world that has factions",
  },
  PACK_THINGS: {
    status: "invalid_argument",
    summary: "What is said of a thing does not fit together",
    todo: "Put what bars a road where the road comes by, and let its keeper come before it opens by itself",
  },
  PACK_OUTLINE_OPEN: {
    status: "invalid_argument",
    summary: "An outline does not enclose anything",
    todo: "Give at least three different corners, without repeating the first at the end",
  },
  PACK_OUTLINE_CROSSES: {
    status: "invalid_argument",
    summary: "An outline crosses itself",
    todo: "Put its corners in the order in which one walks around the region",
  },
  PACK_LAND_GAP: {
    status: "invalid_argument",
    summary: "The regions leave a gap or overlap",
    todo: "Let neighbours name the same corners along their common border; the map's rim is the only border of one region",
  },
  PACK_OFF_MAP: {
    status: "invalid_argument",
    summary: "A point lies outside the map",
    todo: "Keep x within width_km and y within height_km",
  },
  PACK_OUT_OF_REGION: {
    status: "invalid_argument",
    summary: "A point lies outside the region that it is said to be in",
    todo: "Move the point, or name the region that it lies in",
  },
  PACK_RIVER_ASTRAY: {
    status: "invalid_argument",
    summary: "A river leaves the regions that it is said to pass",
    todo: "Move the point, or add the region to `through`",
  },
  PACK_ROAD_ASTRAY: {
    status: "invalid_argument",
    summary: "A road leaves the regions that it is said to pass, or never comes to one",
    todo: "Move the point, or correct `through`",
  },
  PACK_UPHILL: {
    status: "invalid_argument",
    summary: "Water would flow uphill",
    todo: "Let elevations fall along the river and from a region to the one it drains to",
  },
  PACK_DRAINS_IN_CIRCLE: {
    status: "invalid_argument",
    summary: "Water comes back to where it was: of regions that drain to each other, or of rivers",
    todo: "Let one of them drain out of the map",
  },
  PACK_CALENDAR: {
    status: "invalid_argument",
    summary: "The calendar does not add up",
    todo: "Correct the value named",
  },
  PACK_SHARES: {
    status: "invalid_argument",
    summary: "The shares of the kinds of systems do not add up to 1",
    todo: "Change them so that low + high + cold + warm is 1",
  },
  PACK_COLLECTION_TAKEN: {
    status: "already_exists",
    summary: "A collection has the name of one that code defines",
    todo: "Choose another name; docs/state.md lists those of code",
  },
  PACK_COLLECTION: {
    status: "invalid_argument",
    summary: "What is said of a collection does not fit together",
    todo: "Correct the value named",
  },
  PACK_UNKNOWN_TYPE: {
    status: "invalid_argument",
    summary: "There is no such message type",
    todo: "Name a message of schema/, like weather.v1.WeatherState, or json",
  },
  PACK_SCHEMA: {
    status: "invalid_argument",
    summary: "A JSON Schema is not one",
    todo: "Correct the place named; schemas are JSON Schema, draft 2020-12",
  },
  PACK_THRESHOLDS: {
    status: "invalid_argument",
    summary: "Thresholds are not in order",
    todo: "Let each be beyond the one before",
  },
});
