import { defineErrors } from "@orrery/wire";

export const npcErrors = defineErrors({
  NPC_UNKNOWN: {
    status: "not_found",
    summary: "There is nobody with this id in the world",
    todo: "Name somebody as ListNpcs does, like npc:mira-reed",
  },
  NPC_DEAD: {
    status: "failed_precondition",
    summary: "They are dead",
    todo: "Turn to the living: ListNpcs names them",
  },
  NPC_DEATH_CAUSE: {
    status: "invalid_argument",
    summary: "It is not said what they die of",
    todo: "Name a cause: VIOLENCE, ILLNESS, AGE, EXPOSURE, HUNGER, ACCIDENT or STORY",
  },
  NPC_OUT_OF_REACH: {
    status: "failed_precondition",
    summary: "They are not where the player is",
    todo: "Go where they are first: Travel, and wait until the arrival",
  },
  NPC_ASLEEP: {
    status: "failed_precondition",
    summary: "They are asleep",
    todo: "Come back by day, or turn to somebody who is awake",
  },
  NPC_INTERACT_KIND: {
    status: "invalid_argument",
    summary: "It is not said what the player does",
    todo: "Talk, ask, help or threaten",
  },
  NPC_PLACE_UNKNOWN: {
    status: "not_found",
    summary: "There is no such place in the land",
    todo: "Name a place of places.yaml, like place:copper-kettle, or leave it out and say x and y in metres",
  },
  NPC_STIMULUS: {
    status: "invalid_argument",
    summary: "Nobody can be frightened by this",
    todo: "Name a kind (NOISE, FIGHT, FIRE or BEAST), an intensity and a strength of 0 to 1, and a radius of 1 to 5,000 m",
  },
  NPC_WHO: {
    status: "invalid_argument",
    summary: "That is no id of somebody",
    todo: "Name them by kind and name, like npc:mira-reed or player:ada, without spaces and of at most 160 characters, or leave it out",
  },
  NPC_DAYS_AHEAD: {
    status: "invalid_argument",
    summary: "A day is previewed at most a year ahead",
    todo: "Ask for 0 to 365 days ahead",
  },
});
