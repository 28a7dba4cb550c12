import type { Parts } from "../parts.ts";

type Actions = Parts["factions"]["actions"];
type Rule = NonNullable<Actions[keyof Actions]>;
type Consideration = Rule["considers"][number];

const of = (
  input: Consideration["of"],
  slope = 1,
  centre = 0,
  curve: Consideration["curve"] = "linear",
): Consideration => ({ of: input, curve, slope, centre });
/** Nothing to do with how much there is of it, as long as there is some. */
const some = (input: Consideration["of"]) => of(input, 0.4, 0, "power");

/** How factions weigh what they do, where a pack does not say. */
export const USUAL_ACTIONS: Readonly<Record<keyof Actions, Rule>> = {
  expand: {
    weight: 1,
    leaning: "ambition",
    shunning: undefined,
    considers: [of("power", 1, 0.2), some("border"), of("need", 0.8, 0.25), of("treasury", 0.7, 0.3)],
  },
  fortify: {
    weight: 0.85,
    leaning: undefined,
    shunning: undefined,
    considers: [some("need"), some("border"), of("treasury", 0.7, 0.3)],
  },
  raid: {
    weight: 0.95,
    leaning: "boldness",
    shunning: "mercy",
    considers: [some("grudge"), some("border"), of("strength", 1, 0.15), of("relation", -1, 1)],
  },
  ally: {
    weight: 0.8,
    leaning: "honour",
    shunning: undefined,
    considers: [of("relation", 12, 0.65, "logistic"), some("need")],
  },
  truce: {
    weight: 0.8,
    leaning: "honour",
    shunning: undefined,
    considers: [of("need"), of("relation", -1, 1)],
  },
  recruit: {
    weight: 0.8,
    leaning: undefined,
    shunning: undefined,
    considers: [of("need", 1, 0.1), of("power", 0.6, 0.4), of("treasury", 0.7, 0.3)],
  },
  relief: {
    weight: 1,
    leaning: "mercy",
    shunning: undefined,
    considers: [some("need"), of("treasury", 0.6, 0.4)],
  },
  sanction: {
    weight: 0.6,
    leaning: undefined,
    shunning: "mercy",
    considers: [of("grudge", 1.5), of("relation", -1, 1), of("need", 0.5, 0.5)],
  },
  pact: {
    weight: 0.65,
    leaning: "honour",
    shunning: undefined,
    considers: [of("relation", 12, 0.5, "logistic"), some("need")],
  },
  betray: {
    weight: 0.8,
    leaning: "boldness",
    shunning: "honour",
    considers: [of("power", 1, 0.1), some("need"), of("relation", -1, 1.1), some("border")],
  },
};
