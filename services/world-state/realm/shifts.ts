import { create } from "@bufbuild/protobuf";
import type { Valley } from "@orrery/economy";
import type { NpcActed } from "@orrery/schema/npc/v1";
import { ShiftSchema } from "@orrery/schema/world/v1";
import type { Standing } from "./standing.ts";
import type { RealmWorld } from "./state.ts";

/** Who was at work within so long still counts as there: nights and a day of rest are between. */
const COUNTS_GS = 2 * 86_400;

/** Somebody begins something where they work. */
export function comeToWork(
  { shifts }: RealmWorld,
  { npcId, placeId, atGs }: NpcActed,
  { workers }: Standing,
): void {
  if (workers.get(placeId)?.has(npcId) !== true) return;
  const shift = shifts.has(placeId) ? shifts.edit(placeId) : shifts.add(placeId, create(ShiftSchema));
  shift.workedGs[npcId] = atGs;
}

/** In a new world everybody has been at work: nobody has to be waited for. */
export function everybodyWorked(
  { shifts }: RealmWorld,
  { workers }: Pick<Standing, "workers">,
  atGs: number,
): void {
  for (const [placeId, ids] of workers)
    if (!shifts.has(placeId))
      shifts.add(
        placeId,
        create(ShiftSchema, { workedGs: Object.fromEntries([...ids].map((id) => [id, atGs])) }),
      );
}

/** Share of a maker's posts with somebody at work: all of its nameless hands, and those who came. */
export const labourOf =
  ({ shifts }: Pick<RealmWorld, "shifts">, { works }: Valley, atGs: number) =>
  (number: number): number => {
    const { placeId, hands, workers } = works[number] as Valley["works"][number];
    if (hands + workers === 0) return 0;
    const came = Object.values(shifts.get(placeId)?.workedGs ?? {});
    const there = came.filter((workedGs) => atGs - workedGs <= COUNTS_GS).length;
    return (hands + Math.min(workers, there)) / (hands + workers);
  };
