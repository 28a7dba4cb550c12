import type { Mortality } from "@orrery/schema/world/v1";

/*
 * The danger of death by age, after Gompertz (1825) and Makeham (1860): one part is the same at any age, the other doubles every
 * so many years. Gompertz's is written by the age at which most of the old die (its mode) in place of the danger at birth:
 * b * exp(b * (age - mode)), which is the same curve and says what it means. What makes the first years more dangerous than
 * the next (Siler, 1979) is left out: these are valleys in peace, and children there are few.
 */

/** Chances of somebody to die within a day, 0..1 each. */
export interface Dangers {
  readonly illness: number;
  readonly age: number;
}

const chance = (yearly: number, yearDays: number) => 1 - Math.exp(-yearly / yearDays);

/** @param ageYears in years of the calendar, as the figures are */
export function dangersOf(
  { lifespan, doublesIn, illness }: Pick<Mortality, "lifespan" | "doublesIn" | "illness">,
  ageYears: number,
  yearDays: number,
): Dangers {
  const b = Math.LN2 / doublesIn;
  return {
    illness: chance(illness, yearDays),
    age: chance(b * Math.exp(b * (ageYears - lifespan)), yearDays),
  };
}
