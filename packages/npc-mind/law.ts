import { type Activity, Need, type NeedGain, type NeedLaws, type Traits } from "@orrery/schema/world/v1";

/** By what the needs of one person change until something else begins. */
export interface Law {
  /** A game hour, in the order of the needs; of those that change evenly. */
  readonly perHour: readonly number[];
  /** Where warmth tends to; not held above 0. */
  readonly warmthTo: number;
  readonly warmthTauH: number;
  readonly standingHalfLifeH: number;
}

export interface Circumstances {
  readonly laws: NeedLaws;
  readonly traits: Pick<Traits, "extraversion" | "conscientiousness">;
  /** Undefined: on the way. */
  readonly activity: Pick<Activity, "asleep" | "hourly" | "together"> | undefined;
  /** Somebody else is there. */
  readonly inCompany: boolean;
  /** What it feels like there, °C, and what clothes add. */
  readonly feltC: number;
  readonly clothingC: number;
}

const sumFor = (gains: readonly NeedGain[], need: Need) =>
  gains.reduce((sum, gain) => (gain.need === need ? sum + gain.by : sum), 0);

export function lawOf({ laws, traits, activity, inCompany, feltC, clothingC }: Circumstances): Law {
  const asleep = activity?.asleep === true;
  const brings = (need: Need) =>
    activity === undefined
      ? 0
      : sumFor(activity.hourly, need) + (inCompany ? sumFor(activity.together, need) : 0);
  return {
    perHour: [
      (asleep ? laws.restAsleep : laws.restAwake) + brings(Need.REST),
      (asleep ? laws.foodAsleep : laws.foodAwake) + brings(Need.FOOD),
      0,
      laws.safety + brings(Need.SAFETY),
      // Nobody is lonely in their sleep.
      (asleep ? 0 : laws.company * (0.5 + traits.extraversion)) + brings(Need.COMPANY),
      brings(Need.STANDING),
      (asleep ? 0 : laws.purpose * (0.5 + traits.conscientiousness)) + brings(Need.PURPOSE),
    ],
    warmthTo: 1 - Math.max(0, laws.warmFromC - (feltC + clothingC)) / laws.coldSpanC,
    warmthTauH: laws.warmthTauH,
    standingHalfLifeH: laws.standingHalfLifeH,
  };
}
