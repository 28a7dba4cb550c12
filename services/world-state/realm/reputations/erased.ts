import { create } from "@bufbuild/protobuf";
import { GoneSchema } from "@orrery/schema/world/v1";
import { entityIdOf } from "../../player-id.ts";
import type { RealmContext, RealmWorld } from "../state.ts";

const DAY_GS = 86_400;
const NUMBERS = 2 ** 32;

/*
 * Lanes are not ordered against each other: what somebody did may be heard after they were erased, and would bring them back. For a
 * game day such a thing does not count. What is kept for so long is a number drawn from the world's seed, and no name.
 */
const markOf = ({ streams }: RealmContext, playerId: string): string =>
  `${streams.stream("erased", playerId).int(NUMBERS)}`;

export const isErased = ({ erased }: Pick<RealmWorld, "erased">, playerId: string, ctx: RealmContext) =>
  erased.has(markOf(ctx, playerId));

/** No faction thinks anything of an erased player any more. @param subject as events name it */
export function forgetReputation(state: RealmWorld, subject: string, ctx: RealmContext): void {
  const { reputations, erased, root } = state;
  const playerId = entityIdOf(subject);
  reputations.remove(playerId);
  const mark = markOf(ctx, playerId);
  if (!erased.has(mark)) erased.add(mark, create(GoneSchema, { atGs: root.hourGs }));
}

export function forgetErased({ erased }: RealmWorld, nowGs: number): void {
  for (const mark of erased.ids()) {
    const { atGs = 0 } = erased.get(mark) ?? {};
    if (nowGs - atGs > DAY_GS) erased.remove(mark);
  }
}
