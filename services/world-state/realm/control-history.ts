import { isContested } from "@orrery/politics";
import { ControlSampled, type ControlOnDayInit, type ControlShownInit } from "@orrery/schema/world/v1";
import type { Store } from "@orrery/service";
import { keepSamples, samplesOf, type SpanAsked } from "./samples.ts";

const DAY_GS = 86_400;

/** Whose the land was, every day. */
export const controlHistory = keepSamples("control-history", ControlSampled, "control_day");

/** Whose the land was, oldest first. @param most so many days at most */
export async function readControl(
  store: Store,
  { stepDays, ...asked }: SpanAsked & { readonly stepDays: number },
  most: number,
): Promise<ControlOnDayInit[]> {
  const days: (ControlOnDayInit & { atGs: number; regions: ControlShownInit[] })[] = [];
  for await (const sample of samplesOf(store, ControlSampled, "control_day", asked)) {
    const { atGs, factionIds } = sample;
    const last = days.at(-1);
    // A large world's day is in several rows.
    if (last?.atGs === atGs) {
      last.regions.push(...regionsOf(sample));
      continue;
    }
    if (last !== undefined && atGs - last.atGs < stepDays * DAY_GS) continue;
    if (days.length === most) break;
    const powers = factionIds.slice(1).map((factionId, at) => ({ factionId, power: sample.powers[at] ?? 0 }));
    days.push({ atGs, regions: regionsOf(sample), powers });
  }
  return days;
}

const regionsOf = ({ regionIds, factionIds, shares: all, holderIds }: ControlSampled): ControlShownInit[] =>
  regionIds.map((regionId, region) => {
    const shares = factionIds
      .map((factionId, at) => ({ factionId, share: all[region * factionIds.length + at] ?? 0 }))
      .filter(({ share }) => share > 0)
      .sort((one, other) => other.share - one.share);
    const named = shares.filter(({ factionId }) => factionId !== "");
    const contested = isContested({
      shares: Object.fromEntries(named.map(({ factionId, share }) => [factionId, share])),
    });
    return { regionId, holderId: holderIds[region] ?? "", shares, contested };
  });
