import type { Random } from "@orrery/simulation/define";
import { moveAir } from "./air-step.ts";
import type { Air, Biases, Draws } from "./fields.ts";
import { addPull, arrivals, clearPull, type Front, moveOn, noPull, type Pull } from "./fronts.ts";
import { HOUR_GS, type HourFacts } from "./hour.ts";
import type { Model, Site } from "./model.ts";

/** From where members set out: the systems that are known and the air over each site. */
export interface Present {
  readonly atGs: number;
  readonly systems: readonly Front[];
  readonly biases: Biases;
  airOf(site: Site): Air;
}

export interface EnsembleTerms {
  readonly members: number;
  readonly hours: number;
  readonly sites: readonly Site[];
  /** Draws of a member for all that is not known yet. */
  random(member: number): Random;
}

interface Member {
  readonly random: Random;
  /** Systems that are born after the present. */
  readonly born: Front[];
  readonly airs: Air[];
  /** The day's convection by site, drawn when a day is first needed. */
  readonly convection: Float64Array;
  day: number;
}

const cloneFront = (front: Front): Front => {
  const { id, kind, xKm, yKm, vxKmh, vyKmh, radiusKm, strength, anomalyC, ageH, lifeH } = front;
  return { id, kind, xKm, yKm, vxKmh, vyKmh, radiusKm, strength, anomalyC, ageH, lifeH };
};

/** Takes the sums that are the same for all members as a start for one. */
function copyPull(from: Pull, to: Pull): void {
  to.low = from.low;
  to.high = from.high;
  to.front = from.front;
  to.anomalyC = from.anomalyC;
  to.windKmh = from.windKmh;
}

/**
 * Plays the same present forward several times, hour by hour. Known systems go the same way for all members and
 * are reckoned once; what is born and what is drawn is each member's own. Nothing given is changed.
 * @param visit called for each hour ahead (from 1), member and site, with the air and fog index of then; the air
 * is the member's own and moves on, so keep numbers, not it
 */
export function runEnsemble(
  model: Model,
  present: Present,
  { members: count, hours, sites, random: randomOf }: EnsembleTerms,
  visit: (ahead: number, member: number, place: number, air: Air, fog: number, hour: HourFacts) => void,
): void {
  const known = present.systems.map(cloneFront);
  const members = Array.from({ length: count }, (_, i): Member => {
    const airs = sites.map((site) => present.airOf(site));
    return {
      random: randomOf(i),
      born: [],
      airs,
      convection: new Float64Array(sites.length),
      day: Number.NaN,
    };
  });
  const shared = sites.map(() => noPull());
  const pull = noPull();
  const draws: Draws = { humidity: 0, cloud: 0, temperature: 0, wind: 0, convection: 0 };
  for (let ahead = 1; ahead <= hours; ahead++) {
    const hour = model.seasons.hourAt(present.atGs + ahead * HOUR_GS);
    moveOn(known);
    for (let place = 0; place < sites.length; place++) {
      clearPull(shared[place]!);
      addPull(known, sites[place]!, shared[place]!);
    }
    for (let i = 0; i < count; i++) {
      const member = members[i]!;
      const { random } = member;
      moveOn(member.born);
      member.born.push(...arrivals(model, hour, random));
      if (member.day !== hour.dayNumber) {
        member.day = hour.dayNumber;
        for (let place = 0; place < sites.length; place++) member.convection[place] = random.uniform();
      }
      for (let place = 0; place < sites.length; place++) {
        copyPull(shared[place]!, pull);
        if (member.born.length > 0) addPull(member.born, sites[place]!, pull);
        draws.humidity = random.normal();
        draws.cloud = random.normal();
        draws.temperature = random.normal();
        draws.wind = random.normal();
        draws.convection = member.convection[place]!;
        const air = member.airs[place]!;
        const fog = moveAir(air, sites[place]!, hour, pull, draws, present.biases, model);
        visit(ahead, i, place, air, fog, hour);
      }
    }
  }
}
