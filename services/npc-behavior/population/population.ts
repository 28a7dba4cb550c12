import { setTargets, takeCensus } from "./census.ts";
import { births, setParents } from "./families.ts";
import { leave } from "./leaving.ts";
import { migrate } from "./migrants.ts";
import { type Morning, morningOf } from "./morning.ts";
import { fillPosts, growUp } from "./posts.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";
import type { Country } from "../surroundings.ts";
import { weddings } from "./weddings.ts";
import { age } from "./years.ts";

/** What a world's people are as a whole when it begins. */
export function beginCounting(state: PeopleWorld, country: Country): void {
  const census = takeCensus(state, country);
  setTargets(state, census, country);
  setParents(state, census, country.society);
}

/** What a day brings to a world's people as a whole: once, in the morning. */
export function countDay(state: PeopleWorld, day: number, ctx: PeopleContext): void {
  const { country } = ctx.derived;
  const morning: Morning = { day, nowGs: morningOf(day) };
  // Of a world that is older than this count.
  if (state.peopled.size === 0) beginCounting(state, country);
  age(state, morning, ctx);
  const census = takeCensus(state, country);
  growUp(state, census, morning, ctx);
  fillPosts(state, census, morning, ctx);
  weddings(state, census, morning, ctx);
  births(state, census, morning, ctx);
  leave(state, census, morning, ctx);
  migrate(state, census, morning, ctx);
}
