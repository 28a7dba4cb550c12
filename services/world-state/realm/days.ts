import type { Books, Valley } from "@orrery/economy";
import { actions, beginDay, endDay, type Powers } from "@orrery/politics";
import { FactionAction } from "@orrery/schema/world/v1";
import { affairsToWrite } from "./affairs.ts";
import { hungerIn, shortageIn } from "./hunger.ts";
import { fadeReputations } from "./reputations/fade.ts";
import type { RealmContext, RealmWorld } from "./state.ts";
import { sampleControl, tellControl, tellDeed, tellRelations } from "./tell-powers.ts";

const DAY_GS = 86_400;

/** Lets the factions of a world live through a day, before its markets forget how hungry it was. */
export function liveDay(
  state: RealmWorld,
  powers: Powers,
  valley: Valley,
  books: Books,
  atGs: number,
  ctx: RealmContext,
): void {
  const affairs = affairsToWrite(state, powers);
  // Regions come first among the places of a market.
  const hungers = powers.territories.map((_, place) => hungerIn(valley, books, place));
  const luck = ctx.streams.stream("factions", atGs / DAY_GS);
  const day = { atGs, luck, hunger: (territory: number) => hungers[territory] ?? 0 };
  beginDay(powers, affairs, day);
  for (const deed of actions(powers, affairs, day)) {
    const { action, regionId } = deed.deed;
    // Who gives to the hungry does so because they are: the chain leads on to what they lack.
    const cause =
      action === FactionAction.RELIEF ? shortageIn(valley, books, valley.placeNo(regionId)) : undefined;
    tellDeed(state, powers, deed, cause, ctx);
  }
  const { control, relations } = endDay(powers, affairs, day);
  tellRelations(powers, affairs, relations, atGs, ctx);
  tellControl(state, powers, affairs, control, atGs, ctx);
  fadeReputations(state, atGs, ctx);
  sampleControl(powers, affairs, atGs, ctx);
}
