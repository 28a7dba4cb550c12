import { Category, type CategoryLevel, ContentLevel, RatingBand } from "@orrery/schema/settings/v1";

/** One level a category, in their order. */
export type Levels = readonly ContentLevel[];

export const CATEGORIES = [
  Category.VIOLENCE,
  Category.GORE,
  Category.FEAR,
  Category.LANGUAGE,
  Category.INTIMACY,
  Category.SUBSTANCES,
  Category.GAMBLING,
  Category.MORAL_WEIGHT,
] as const;

/** By category: the ceilings of the bands all, 7, 12, 16, 18. */
const CEILINGS: readonly Levels[] = [
  [0, 1, 2, 3, 4],
  [0, 0, 1, 2, 4],
  [0, 1, 2, 3, 4],
  [0, 0, 1, 3, 4],
  [0, 0, 1, 2, 3],
  [0, 0, 1, 3, 4],
  [0, 0, 1, 2, 3],
  [1, 1, 2, 3, 4],
];

export const BANDS = [
  RatingBand.ALL,
  RatingBand.AGE_7,
  RatingBand.AGE_12,
  RatingBand.AGE_16,
  RatingBand.AGE_18,
] as const;

/** Where the age is not known it is taken to be this. */
export const UNKNOWN_AGE = RatingBand.AGE_12;

export function ceilingsOf(band: RatingBand): Levels {
  const at = BANDS.indexOf((band === RatingBand.UNSPECIFIED ? UNKNOWN_AGE : band) as (typeof BANDS)[number]);
  return CEILINGS.map((levels) => levels[Math.max(0, at)] ?? ContentLevel.NONE);
}

/** What a generator without a valid policy goes by. */
export const LEAST: Levels = ceilingsOf(RatingBand.ALL);

export const STANDARD_PROFILE = "standard";

/** Profiles are the levels of bands. */
export const PROFILES: ReadonlyMap<string, Levels> = new Map([
  ["gentle", ceilingsOf(RatingBand.AGE_7)],
  [STANDARD_PROFILE, ceilingsOf(RatingBand.AGE_12)],
  ["mature", ceilingsOf(RatingBand.AGE_16)],
  ["unflinching", ceilingsOf(RatingBand.AGE_18)],
]);

/** Levels of the categories that are named; undefined for the others. */
export function levelsOf(named: readonly Pick<CategoryLevel, "category" | "level">[]) {
  return CATEGORIES.map((category) => named.find((one) => one.category === category)?.level);
}
