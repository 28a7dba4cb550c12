import { USUAL_CAPACITY } from "../build/economy.ts";
import { standingPlaces } from "../land/standing.ts";
import type { Parts } from "../parts.ts";
import type { Path } from "../problem.ts";

/** What would starve a world, and where its text says so. */
export interface Lack {
  readonly path: Path;
  readonly message: string;
}

const rounded = (quantity: number) => Number(quantity.toPrecision(3));
/** A road must carry this much more than what is used beyond it. */
const ROOM = 1.5;

/** People of a region: named ones and the crowd. */
function peopleBy(parts: Parts): ReadonlyMap<string, number> {
  const places = new Map(standingPlaces(parts).map(({ id, region }) => [id, region]));
  const people = new Map(Object.entries(parts.economy.crowd));
  for (const { in: settlement, members } of parts.people.households) {
    const region = places.get(settlement) ?? "";
    people.set(region, (people.get(region) ?? 0) + members.length);
  }
  return people;
}

/** Goods of which less is made in a year than is needed, where nobody beyond the land sells them. */
export function unmade(parts: Parts): readonly Lack[] {
  const { goods, makers, edges } = parts.economy;
  if (edges.length > 0)
    return goods.flatMap((good, i) => (isMade(parts, good) ? [] : [nobodyMakes(good, i)]));
  const people = [...peopleBy(parts).values()].reduce((sum, count) => sum + count, 0);
  const inAYear = ({ spring, summer, autumn, winter }: Parts["economy"]["goods"][number]["use_in"]) =>
    (spring + summer + autumn + winter) / 4;
  return goods.flatMap((good, i) => {
    const { id, use, use_in, name } = good;
    const made = makers
      .filter(({ makes }) => makes === id)
      .reduce((sum, { capacity, season }) => sum + capacity * inAYear(season), 0);
    const needed =
      people * use * inAYear(use_in) +
      makers.reduce((sum, { of, capacity, season }) => sum + (of[id] ?? 0) * capacity * inAYear(season), 0);
    if (made >= needed) return [];
    const message = `${name}: ${rounded(made)} a day are made at most, and ${rounded(needed)} are needed`;
    return [{ path: ["goods", i, "id"], message }];
  });
}

const isMade = ({ economy }: Parts, { id, use }: Parts["economy"]["goods"][number]) =>
  use > 0 || economy.makers.some(({ makes }) => makes === id);
const nobodyMakes = ({ name }: Parts["economy"]["goods"][number], i: number): Lack => ({
  path: ["goods", i, "id"],
  message: `${name}: nobody makes it`,
});

/** A good that is needed for itself, by however many steps, stops for ever when it has run out once. */
export function needlessLoops(parts: Parts): readonly Lack[] {
  const { makers } = parts.economy;
  const needs = new Map<string, Set<string>>();
  for (const { makes, of } of makers) {
    const known = needs.get(makes) ?? new Set();
    for (const good of Object.keys(of)) known.add(good);
    needs.set(makes, known);
  }
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (seen.has(from)) return false;
    seen.add(from);
    const next = needs.get(from) ?? new Set();
    return next.has(to) || [...next].some((good) => reaches(good, to, seen));
  };
  return makers.flatMap(({ makes, of }, i) =>
    Object.keys(of).length > 0 && reaches(makes, makes)
      ? [
          {
            path: ["makers", i, "of"],
            message: `${makes} is needed to make ${makes}: once it has run out, it never comes back`,
          },
        ]
      : [],
  );
}

/** Roads without a way around that carry too little for those who live beyond them. */
export function tooNarrow(parts: Parts): readonly Lack[] {
  const { economy, roads, regions } = parts;
  if (economy.goods.length === 0) return [];
  const people = peopleBy(parts);
  const places = new Map(standingPlaces(parts).map(({ id, region }) => [id, region]));
  const links = roads.roads.flatMap(({ id, kind, through }) =>
    through.slice(1).map((to, at) => ({
      road: id,
      from: through[at] as string,
      to,
      capacity: economy.roads[id]?.capacity ?? USUAL_CAPACITY[kind],
    })),
  );
  const heart = regions.regions
    .map(({ id }) => id)
    .reduce((most, id) => ((people.get(id) ?? 0) > (people.get(most) ?? 0) ? id : most));
  return links.flatMap((link) => {
    const near = reached(
      heart,
      links.filter((other) => other !== link),
    );
    const beyond = [link.from, link.to].find((id) => !near.has(id));
    if (beyond === undefined) return [];
    const side = reached(
      beyond,
      links.filter((other) => other !== link),
    );
    const made = new Set(
      economy.makers.filter(({ at }) => side.has(places.get(at) ?? "")).map(({ makes }) => makes),
    );
    const count = [...side].reduce((sum, id) => sum + (people.get(id) ?? 0), 0);
    const used = economy.goods.reduce((sum, { id, use }) => sum + (made.has(id) ? 0 : count * use), 0);
    if (link.capacity >= ROOM * used) return [];
    const isSaid = Object.hasOwn(economy.roads, link.road);
    const message = `${link.road} carries ${link.capacity} a day, and beyond ${link.from === beyond ? link.to : link.from} ${rounded(used)} are used: it wants ${Math.ceil(ROOM * used)}`;
    return [{ path: isSaid ? ["roads", link.road] : ["roads"], message }];
  });
}

function reached(
  from: string,
  links: readonly { readonly from: string; readonly to: string }[],
): ReadonlySet<string> {
  const found = new Set([from]);
  for (const id of found)
    for (const link of links) {
      if (link.from === id) found.add(link.to);
      if (link.to === id) found.add(link.from);
    }
  return found;
}
