import { defineErrors } from "@orrery/wire";

export const npcErrors = defineErrors({
  NPC_UNKNOWN: {
    status: "not_found",
    summary: "There is nobody with this id in the world",
    todo: "Name somebody as ListNpcs does, like npc:mira-reed",
  },
  NPC_DAYS_AHEAD: {
    status: "invalid_argument",
    summary: "A day is previewed at most a year ahead",
    todo: "Ask for 0 to 365 days ahead",
  },
});
