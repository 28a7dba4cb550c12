import type { JournalEvent } from "@orrery/schema/bus/v1";

/** Events from the root to an end, each the cause of the next. */
export type Chain = readonly JournalEvent[];

/** What of the journal is asked. */
export interface ChainSource {
  /** Events to begin with, in the order in which they are tried, some at a time. */
  ends(): AsyncIterable<readonly JournalEvent[]>;
  /** From the event itself to its root. */
  causes(event: JournalEvent): Promise<Chain>;
}

export interface Wanted {
  readonly count: number;
  /** Links at least. */
  readonly length: number;
  /** Publishing services at least. */
  readonly services: number;
}

/** Of one type of ends the journal is asked about so many for each that is wanted: most are alike. */
const TRIES = 20;
/** A sample is of so many types at least, if there are. */
const FEWEST_TYPES = 4;

/** Chains that end in events of many types rather than in many of one, each checked link by link. @throws TypeError on a link that the journal made up */
export async function sampleChains(
  source: ChainSource,
  { count, length, services }: Wanted,
): Promise<Chain[]> {
  const byType = new Map<string, Chain[]>();
  const asked = new Map<string, number>();
  /** What led to a cause, by its id: much comes of one thing. */
  const led = new Map<string, Chain>();
  const most = Math.ceil(count / FEWEST_TYPES);
  const found = () => [...byType.values()].reduce((sum, chains) => sum + Math.min(most, chains.length), 0);
  for await (const events of source.ends()) {
    for (const event of events) {
      const chains = byType.get(event.type) ?? [];
      if (event.cause === undefined || chains.length >= count) continue;
      const cause = `${event.cause.publisher}/${event.cause.sequence}`;
      let before = led.get(cause);
      if (before === undefined) {
        const tries = asked.get(event.type) ?? 0;
        if (tries >= TRIES * count) continue;
        asked.set(event.type, tries + 1);
        before = (await source.causes(event)).toReversed().slice(0, -1);
        led.set(cause, before);
      }
      const chain = [...before, event];
      checkLinks(chain);
      if (chain.length < length || new Set(chain.map(({ service }) => service)).size < services) continue;
      byType.set(event.type, [...chains, chain]);
    }
    if (found() >= count) break;
  }
  return fairly([...byType.values()], count);
}

/** Of each type as many as of any other, as far as there are; the types stay together. */
function fairly(types: readonly (readonly Chain[])[], count: number): Chain[] {
  const taken = types.map(() => 0);
  let left = Math.min(
    count,
    types.reduce((sum, { length }) => sum + length, 0),
  );
  for (let at = 0; left > 0; at = (at + 1) % types.length) {
    if ((taken[at] ?? 0) >= (types[at]?.length ?? 0)) continue;
    taken[at] = (taken[at] ?? 0) + 1;
    left -= 1;
  }
  return types.flatMap((chains, at) => chains.slice(0, taken[at]));
}

/** The same things in an order that luck decides. @param random 0..1 */
export function shuffled<T>(things: readonly T[], random: () => number): T[] {
  const left = [...things];
  for (let at = left.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [left[at], left[other]] = [left[other] as T, left[at] as T];
  }
  return left;
}

/** In the same order as far as may be, but those of each kind as often as those of any other. */
export function interleaved<T>(things: readonly T[], kindOf: (thing: T) => string): T[] {
  const kinds = [...Map.groupBy(things, kindOf).values()];
  const longest = Math.max(0, ...kinds.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => kinds.flatMap((kind) => kind.slice(at, at + 1))).flat();
}

function checkLinks(chain: Chain): void {
  chain.slice(1).forEach(({ cause, id }, at) => {
    const before = chain[at]?.id;
    if (cause?.publisher !== before?.publisher || cause?.sequence !== before?.sequence)
      throw new TypeError(`${id?.publisher}/${id?.sequence} was not caused by what stands before it`);
  });
}
