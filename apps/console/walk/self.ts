import { type EntityShown, type Place, PlaceKind, WorldService } from "@orrery/schema/world/v1";
import { useAsk } from "../data/ask.ts";
import type { Valley } from "../data/valley.ts";

const EVERY_MS = 2_000;
const ABOUT_KM = 1;
const [NEAR, FAR] = [10, 5];

/** What the world calls whoever reads this page. */
export const selfIdOf = ({ world }: Valley) =>
  world.player.startsWith("player:") ? world.player : `player:${world.player}`;

/** Where the reader is; `self` undefined: they have not come in yet, or it is not known yet. */
export function useSelf(valley: Valley, changes: number) {
  const asked = { worldId: valley.world.id, entityIds: [selfIdOf(valley)] };
  const calls = valley.world.rpc(WorldService);
  const { answer, problem } = useAsk("self", () => calls.getEntities(asked), EVERY_MS, changes);
  const self: EntityShown | undefined = answer?.entities[0];
  return { self, isKnown: answer !== undefined, problem };
}

const km = (one: Place, other: Place) => Math.hypot(one.xKm - other.xKm, one.yKm - other.yKm);

/** Where one may go from a place: what is near, and the next settlements; houses are their households' own. */
export function waysFrom(valley: Valley, placeId: string) {
  const places = valley.pack.get()?.land?.places ?? [];
  const here = places.find(({ id }) => id === placeId);
  if (here === undefined) return { near: [], far: [] };
  const others = places
    .filter(({ id }) => id !== placeId)
    .map((place) => ({ place, away: km(place, here) }))
    .sort((one, other) => one.away - other.away);
  return {
    near: others
      .filter(({ place, away }) => place.kind !== PlaceKind.HOUSE && place.within !== "" && away <= ABOUT_KM)
      .slice(0, NEAR),
    far: others.filter(({ place }) => place.within === "" && place.id !== here.within).slice(0, FAR),
  };
}
