import { create } from "@bufbuild/protobuf";
import { BlockedBy, type Lack, LackSchema, LarderSchema } from "@orrery/schema/npc/v1";
import { type Need, type ShortageDeclared, ShortageLevel, ShortageWhy } from "@orrery/schema/world/v1";
import type { DeepReadonly } from "@orrery/simulation/define";
import type { PeopleContext, PeopleWorld } from "../state.ts";

/** What a meal, or a fire, is worth where there is little of what it takes, and where almost none is left. */
const [SHORT, CRITICAL] = [0.7, 0.15];

const WHY: ReadonlyMap<ShortageWhy, BlockedBy> = new Map([
  [ShortageWhy.ROAD, BlockedBy.NO_ROUTE],
  [ShortageWhy.MONEY, BlockedBy.NO_MONEY],
]);

/** A region begins or ceases to lack something: what people cannot do without is remembered. */
export function hearShortage(
  { larders }: PeopleWorld,
  { regionId, goodId, staple, serves, level, why }: ShortageDeclared,
  { cause }: Pick<PeopleContext, "cause">,
): void {
  if (!staple) return;
  const larder = larders.has(regionId) ? larders.edit(regionId) : larders.add(regionId, create(LarderSchema));
  const others = larder.lacks.filter((lack) => lack.goodId !== goodId);
  const blocked = WHY.get(why) ?? BlockedBy.NO_STOCK;
  const critical = level === ShortageLevel.CRITICAL;
  const lack = create(LackSchema, {
    ...{ goodId, need: serves, critical, why: blocked },
    causePublisher: cause?.publisher ?? "",
    causeSequence: cause?.sequence ?? 0,
  });
  larder.lacks = level === ShortageLevel.EASED ? others : [...others, lack];
}

/** The worst that a region lacks for a need, if anything. */
export function lackOf(
  { larders }: Pick<PeopleWorld, "larders">,
  regionId: string,
  need: Need,
): DeepReadonly<Lack> | undefined {
  const lacks = larders.get(regionId)?.lacks.filter((lack) => lack.need === need) ?? [];
  return lacks.find(({ critical }) => critical) ?? lacks[0];
}

/** How much of a need can be met in a region, 0..1. */
export function plenty(state: Pick<PeopleWorld, "larders">, regionId: string, need: Need): number {
  const lack = lackOf(state, regionId, need);
  if (lack === undefined) return 1;
  return lack.critical ? CRITICAL : SHORT;
}
