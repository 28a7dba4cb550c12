import { defineErrors } from "@orrery/wire";

export const weatherErrors = defineErrors({
  WORLD_UNKNOWN_REGION: {
    status: "not_found",
    summary: "The world has no such region",
    todo: "Name a region of the world's pack; GetWeather without region_ids lists them all",
  },
  WEATHER_INVALID: {
    status: "invalid_argument",
    summary: "Condition, intensity, priority or easing of the order is not valid",
    todo: "Give a condition of the list and values within their ranges; nothing was changed",
  },
  WEATHER_WINDOW: {
    status: "invalid_argument",
    summary: "The time of the order is reversed, over, or longer than 30 game days",
    todo: "Let until_gs lie after from_gs and after now, at most 2,592,000 game seconds apart",
  },
  WEATHER_STACK_FULL: {
    status: "resource_exhausted",
    summary: "The region has 8 overrides already",
    todo: "Clear one that is no longer needed, or order for fewer regions",
  },
  WEATHER_HORIZON: {
    status: "invalid_argument",
    summary: "A forecast reaches from 1 to 168 hours",
    todo: "Ask for fewer hours; for what is usual beyond them ask GetClimate",
  },
  WEATHER_NOT_KEPT: {
    status: "out_of_range",
    summary: "No moment as old as that is kept to forecast from",
    todo: "Ask for one within the last 48 game hours that this process has seen, or leave issued_gs out",
  },
  WEATHER_SPAN: {
    status: "invalid_argument",
    summary: "The span, the page or the number of days asked for is out of range",
    todo: "Let to_gs lie after from_gs, page_size be 1..500 and days 1..3,600",
  },
});
