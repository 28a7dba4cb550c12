import { type CategoryTermsInit, ContentLevel, type PlayerContent } from "@orrery/schema/settings/v1";
import { CATEGORIES, ceilingsOf, type Levels, levelsOf, PROFILES, STANDARD_PROFILE } from "./levels.ts";

type Wanted = Pick<PlayerContent, "profile" | "overrides" | "ageBand" | "guardian">;

/** Of each category the least of band, guardian, world, and what the player wants; with every term. */
export function termsOf(content: Wanted, world: Levels): CategoryTermsInit[] {
  const band = ceilingsOf(content.ageBand);
  const guardian = levelsOf(content.guardian);
  const overrides = levelsOf(content.overrides);
  const profile = PROFILES.get(content.profile) ?? PROFILES.get(STANDARD_PROFILE) ?? [];
  return CATEGORIES.map((category, at) => {
    const terms = {
      band: band[at] ?? ContentLevel.NONE,
      guardian: guardian[at] ?? ContentLevel.EXTREME,
      world: world[at] ?? ContentLevel.EXTREME,
      wanted: overrides[at] ?? profile[at] ?? ContentLevel.NONE,
    };
    const effective = Math.min(...Object.values(terms)) as ContentLevel;
    const least = Object.entries(terms).flatMap(([name, level]) => (level === effective ? name : []));
    return { category, effective, ...terms, least };
  });
}

export const effectiveLevels = (content: Wanted, world: Levels): ContentLevel[] =>
  termsOf(content, world).map(({ effective }) => effective ?? ContentLevel.NONE);

/** The least of both, category by category: within a session levels only fall. */
export const tightened = (present: Levels, wanted: Levels): ContentLevel[] =>
  present.map((level, at) => Math.min(level, wanted[at] ?? ContentLevel.NONE) as ContentLevel);
