import { ConsiderationInput, type Consideration, Trait, type Traits } from "@orrery/schema/world/v1";
import type { Candidate } from "./candidates.ts";
import { through } from "./curve.ts";
import { levelOf, shown } from "./needs.ts";

/** What a choice depends on besides its candidates. */
export interface Mood {
  readonly levels: readonly number[];
  readonly traits: Traits;
  readonly walkMps: number;
  readonly daylight: boolean;
  /** Will of people to be outdoors in the weather of a region, 0..1. */
  outdoor(regionId: string): number;
  /** What is being done, how much of it is done, 0..1; undefined: nothing. */
  readonly current:
    | { readonly activityId: string; readonly placeId: string; readonly progress: number }
    | undefined;
  /** What was given up lately. */
  readonly dropped: string | undefined;
  /** Something is so urgent that the day's plan waits. */
  readonly suspended: boolean;
}

/** A candidate with all that was weighed. */
export interface Scored {
  readonly candidate: Candidate;
  /** What each consideration looked at, in their order, and what it made of it. */
  readonly weighed: readonly { readonly input: number; readonly output: number }[];
  /** The geometric mean of the outputs, weighted. */
  readonly utility: number;
}

const HOUR_S = 3_600;
const TRAIT_SHIFT = 0.3;
const SLOT_WEIGHT = 0.6;
/** What goes on is dear the more of it is done, and what was given up is not begun again at once. */
const STAYING = 1.15;
const STAYING_PROGRESS = 0.35;
const DROPPED = 0.5;

const TRAITS: Readonly<Partial<Record<Trait, keyof Traits>>> = {
  [Trait.OPENNESS]: "openness",
  [Trait.CONSCIENTIOUSNESS]: "conscientiousness",
  [Trait.EXTRAVERSION]: "extraversion",
  [Trait.AGREEABLENESS]: "agreeableness",
  [Trait.NEUROTICISM]: "neuroticism",
  [Trait.CURIOSITY]: "curiosity",
  [Trait.LOYALTY]: "loyalty",
  [Trait.AGGRESSION]: "aggression",
};

function inputOf(consideration: Consideration, candidate: Candidate, mood: Mood): number {
  const { place, isSlot, metres } = candidate;
  switch (consideration.input) {
    case ConsiderationInput.LACK:
      return 1 - shown(levelOf(mood.levels, consideration.need));
    case ConsiderationInput.WEATHER:
      return place.openAir ? mood.outdoor(place.regionId) : 1;
    case ConsiderationInput.NEAR:
      return 1 - Math.min(1, metres / mood.walkMps / HOUR_S);
    case ConsiderationInput.SLOT:
      return isSlot && !mood.suspended ? 1 : 0;
    case ConsiderationInput.DAYLIGHT:
      return mood.daylight ? 1 : 0;
    default:
      return 1;
  }
}

function shiftOf(trait: Trait, traits: Traits): number {
  const name = TRAITS[trait];
  return name === undefined ? 0 : TRAIT_SHIFT * ((traits[name] as number) - 0.5);
}

/** The geometric mean of what is considered, times what the day and what goes on make of it. */
export function score(candidate: Candidate, mood: Mood): Scored {
  const { activity, isSlot, place, urge } = candidate;
  let product = 1;
  const considers = urge === undefined ? activity.considers : [];
  const weighed = considers.map((consideration) => {
    const input = inputOf(consideration, candidate, mood);
    const x = Math.min(1, Math.max(0, input + shiftOf(consideration.trait, mood.traits)));
    const output = through(consideration.curve, consideration.slope, consideration.centre, x);
    product *= output;
    return { input, output };
  });
  let utility = weighed.length === 0 ? (urge ?? 0) : product ** (1 / weighed.length);
  if (isSlot && !mood.suspended) utility *= 1 + SLOT_WEIGHT * mood.traits.conscientiousness;
  if (mood.current?.activityId === activity.id && mood.current.placeId === place.id)
    utility *= STAYING + STAYING_PROGRESS * mood.current.progress;
  else if (mood.dropped === activity.id) utility *= DROPPED;
  return { candidate, weighed, utility };
}
