import type { Books } from "./books.ts";
import type { Link, Valley } from "./valley.ts";

/** How goods get from one market to another. */
export interface Way {
  readonly from: number;
  readonly to: number;
  /** Numbers of links, each with the place that it leads to. */
  readonly steps: readonly Step[];
  readonly km: number;
}

export interface Step {
  readonly link: number;
  readonly to: number;
}

/** Traders pass through so many markets at most; further on others buy and sell. */
const MOST_STEPS = 3;

const known = new WeakMap<Valley, { readonly open: string; readonly ways: readonly Way[] }>();

/** The shortest way from each market to each that is near enough, along open roads. */
export function openWays(valley: Valley, { routes }: Pick<Books, "routes">): readonly Way[] {
  const open = routes.map((route) => (route.open ? "1" : "0")).join("");
  const before = known.get(valley);
  // Roads close seldom; every hour asks.
  if (before?.open === open) return before.ways;
  const isOpen = (link: number) => routes[link]?.open === true && (valley.links[link]?.capacity ?? 0) > 0;
  const ways = valley.places.flatMap((_, from) => waysFrom(valley, from, isOpen));
  known.set(valley, { open, ways });
  return ways;
}

function waysFrom({ places, links }: Valley, from: number, isOpen: (link: number) => boolean): Way[] {
  const best = new Map<number, Way>();
  let edge: Way[] = [{ from, to: from, steps: [], km: 0 }];
  for (let step = 0; step < MOST_STEPS; step++) {
    const next: Way[] = [];
    for (const way of edge)
      for (const link of places[way.to]?.links ?? []) {
        if (!isOpen(link)) continue;
        const { from: one, to: other, km } = links[link] as Link;
        const to = one === way.to ? other : one;
        const longer = { from, to, steps: [...way.steps, { link, to }], km: way.km + km };
        if (to === from || (best.get(to)?.km ?? Number.POSITIVE_INFINITY) <= longer.km) continue;
        best.set(to, longer);
        next.push(longer);
      }
    edge = next;
  }
  return [...best.values()];
}
