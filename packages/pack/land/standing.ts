import { cornerSpots, type Parts } from "../parts.ts";
import { OPEN_AIR } from "../shape/land.ts";
import { contains, type Spot } from "./geometry.ts";
import { seedOf } from "./noise.ts";

/** A place where it stands. */
export interface StandingPlace {
  readonly id: string;
  readonly name: string;
  readonly kind: Parts["places"]["places"][number]["kind"];
  readonly region: string;
  readonly at: Spot;
  /** Id of its settlement; "": none. */
  readonly within: string;
  readonly openAir: boolean;
  readonly fixtures: Readonly<Record<string, number>>;
}

/** The turn between one building and the next, so that they never line up: the golden angle. */
const TURN = 2.399963;
const FIRST_KM = 0.05;
const APART_KM = 0.032;
/** Fields and woods lie around a settlement, not in it. */
const AROUND: ReadonlySet<string> = new Set(["field", "pasture", "wood", "water"]);
const AROUND_FIRST_KM = 0.45;
const AROUND_APART_KM = 0.22;
/** How often a place that would lie in another region is drawn nearer. */
const TRIES = 8;
const NOWHERE: Spot = [0, 0];
const NEARER = 0.7;
/** To a metre. */
const rounded = (km: number) => Math.round(km * 1_000) / 1_000;

export const homeIdOf = ({ id, home }: Parts["people"]["households"][number]): string =>
  home ?? `place:${id.slice("household:".length)}-home`;

const houseOf = (household: Parts["people"]["households"][number]) => ({
  id: homeIdOf(household),
  name: household.name === undefined ? "a house" : `the ${household.name} house`,
  kind: "house" as const,
  in: household.in,
});

/** All places of a pack: those of `places.yaml`, and the houses of households that have no other home. */
export function standingPlaces(parts: Parts): StandingPlace[] {
  const { places } = parts.places;
  const houses = parts.people.households.filter(({ home }) => home === undefined).map(houseOf);
  const centres = new Map(places.flatMap((place) => (place.at ? [[place.id, place] as const] : [])));
  const corners = cornerSpots(parts.regions);
  const outlines = new Map(
    parts.regions.regions.map(({ id, outline }) => [id, outline.map((name) => corners.get(name) ?? NOWHERE)]),
  );
  const built = new Map<string, number>();
  return [...places, ...houses].map((place): StandingPlace => {
    const { id, name, kind } = place;
    const centre = place.in === undefined ? undefined : centres.get(place.in);
    const region = ("region" in place ? place.region : undefined) ?? centre?.region ?? "";
    const openAir = ("open_air" in place ? place.open_air : undefined) ?? OPEN_AIR.has(kind);
    const fixtures = "fixtures" in place ? place.fixtures : {};
    const fixed = { id, name, kind, region, within: place.in ?? "", openAir, fixtures };
    if ("at" in place && place.at !== undefined) return { ...fixed, at: place.at };
    const at = centre?.at ?? [0, 0];
    const around = AROUND.has(kind);
    const row = `${place.in}/${around}`;
    const nth = built.get(row) ?? 0;
    built.set(row, nth + 1);
    const [first, apart] = around ? [AROUND_FIRST_KM, AROUND_APART_KM] : [FIRST_KM, APART_KM];
    let km = first + apart * Math.sqrt(nth);
    const angle = nth * TURN + seedOf(place.in ?? "");
    for (let left = TRIES; left > 0; left--, km *= NEARER) {
      const spot = [rounded(at[0] + km * Math.cos(angle)), rounded(at[1] + km * Math.sin(angle))] as const;
      if (contains(outlines.get(region) ?? [], spot)) return { ...fixed, at: spot };
    }
    return { ...fixed, at };
  });
}
