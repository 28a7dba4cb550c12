import { setTargets, takeCensus } from "./census.ts";
import { births, setParents } from "./families.ts";
import { leave } from "./leaving.ts";
import { migrate } from "./migrants.ts";
import { AGEING, type Morning } from "./morning.ts";
import { fillPosts, growUp } from "./posts.ts";
import type { PeopleContext, PeopleWorld } from "../state.ts";
import type { Country } from "../surroundings.ts";
import { weddings } from "./weddings.ts";
import { age } from "./years.ts";

/** What the rounds bring after those in which people grow older. */
const BRINGS = [posts, weddings, births, moves] as const;

/** What a world's people are as a whole when it begins. */
export function beginCounting(state: PeopleWorld, country: Country): void {
  const census = takeCensus(state, country);
  setTargets(state, census, country);
  setParents(state, census, country.society);
}

/** What a round of a day brings to a world's people as a whole: once each. */
export function countRound(state: PeopleWorld, morning: Morning, ctx: PeopleContext): void {
  const { country } = ctx.derived;
  // Of a world that is older than this count.
  if (state.peopled.size === 0) beginCounting(state, country);
  const brings = BRINGS[morning.round - AGEING];
  if (brings === undefined) age(state, morning, ctx);
  else brings(state, takeCensus(state, country), morning, ctx);
}

function posts(...given: Parameters<typeof fillPosts>): void {
  growUp(...given);
  fillPosts(...given);
}

function moves(...given: Parameters<typeof migrate>): void {
  leave(...given);
  migrate(...given);
}
