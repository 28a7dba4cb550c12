import { defineErrors } from "@orrery/wire";

export const worldStateErrors = defineErrors({
  WORLD_TOO_MANY_ENTITIES: {
    status: "invalid_argument",
    summary: "More entities are asked for than one answer holds",
    todo: "Ask for at most 500 ids at once, or query them in pages",
  },
});
