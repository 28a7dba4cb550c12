import type { Forks } from "./forks.ts";
import type { Found, Reader } from "./read.ts";

/** Reads a fork as one world: its ancestors' events up to where it left them, then its own. */
export function readLineages(own: Reader, forks: Forks): Reader {
  async function first<T>(world: string, look: (world: string, to: number) => Promise<T | undefined>) {
    for (const { world: of, to } of forks.lineage(world).toReversed()) {
      const found = await look(of, to);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  async function all(world: string, look: (world: string) => Promise<readonly Found[]>): Promise<Found[]> {
    const found: Found[] = [];
    for (const { world: of, to } of forks.lineage(world))
      found.push(...(await look(of)).filter(({ ordinal }) => ordinal <= to));
    return found;
  }
  const upTo = async (event: Promise<Found | undefined>, to: number) => {
    const found = await event;
    return found !== undefined && found.ordinal <= to ? found : undefined;
  };

  return {
    async page(asked) {
      const stretches = forks.lineage(asked.world);
      if (stretches.length === 1) return own.page(asked);
      const events: Found[] = [];
      for (const { world, from, to } of asked.newestFirst ? stretches.toReversed() : stretches) {
        if (asked.newestFirst ? from + 1 >= asked.after : to <= asked.after) continue;
        const page = await own.page({
          ...asked,
          world,
          newest: Math.min(asked.newest, to),
          limit: asked.limit - events.length,
        });
        events.push(...page.events);
        if (page.at !== undefined) return { events, at: page.at };
        // Exactly full at a seam: the next page begins behind it.
        if (events.length === asked.limit) return { events, at: events.at(-1)?.ordinal };
      }
      return { events, at: undefined };
    },
    async byGameTime(world, filter, limit, skip) {
      const events = await all(world, (of) => own.byGameTime(of, filter, skip + limit, 0));
      return events
        .sort((a, b) => (a.atGs ?? 0) - (b.atGs ?? 0) || a.ordinal - b.ordinal)
        .slice(skip, skip + limit);
    },
    get: (world, id) => first(world, (of, to) => upTo(own.get(of, id), to)),
    ordinal: (world, ordinal) => first(world, (of, to) => upTo(own.ordinal(of, ordinal), to)),
    effectsOf: async (world, id, limit) =>
      (await all(world, (of) => own.effectsOf(of, id, limit))).slice(0, limit),
    prunedBefore: (world, id) => first(world, (of) => own.prunedBefore(of, id)),
    nearest: (world, id) => first(world, (of) => own.nearest(of, id)),
    ofPublisher: (world, publisher, from, to, types) =>
      all(world, (of) => own.ofPublisher(of, publisher, from, to, types)),
    async publishers(world) {
      const names = new Set<string>();
      for (const { world: of } of forks.lineage(world))
        for (const name of await own.publishers(of)) names.add(name);
      return [...names];
    },
    async firstAfterGs(world, atGs) {
      // The oldest part that reaches the moment has it: what a fork says itself lies behind its past.
      for (const { world: of, to } of forks.lineage(world)) {
        const found = await upTo(own.firstAfterGs(of, atGs), to);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
