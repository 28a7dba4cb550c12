import type { ForkedFrom } from "@orrery/schema/world/v1";
import { dayAndHour } from "./words.ts";

/** `Fork of hollowmere, from day 3, 07:00`. */
export const forkWords = ({ worldId, atGs }: Pick<ForkedFrom, "worldId" | "atGs">): string =>
  `Fork of ${worldId}, from ${dayAndHour(atGs)}`;
