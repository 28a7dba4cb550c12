import { type Land, type Place, PlaceKind } from "@orrery/schema/world/v1";

/** A place, and how far it is as the crow flies. */
export interface Nearby {
  readonly place: Place;
  readonly km: number;
}

type Places = Pick<Land, "places">;

function from({ places }: Places, here: Place): Nearby[] {
  return places
    .filter(({ id }) => id !== here.id)
    .map((place) => {
      const [dx, dy] = [place.xKm - here.xKm, place.yKm - here.yKm];
      return { place, km: Math.sqrt(dx * dx + dy * dy) };
    })
    .sort((one, other) => one.km - other.km);
}

/** Where one may go on foot from a place, the nearest first; houses are their households' own. */
export const placesNear = (land: Places, here: Place, withinKm: number): readonly Nearby[] =>
  from(land, here).filter(({ place, km }) => place.kind !== PlaceKind.HOUSE && km <= withinKm);

/** Other settlements, the nearest first. */
export const settlementsFrom = (land: Places, here: Place): readonly Nearby[] =>
  from(land, here).filter(({ place }) => place.within === "" && place.id !== here.within);
