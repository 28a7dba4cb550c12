import type { JournalEvent } from "@orrery/schema/bus/v1";

/** Events from the root to an end, each the cause of the next. */
export type Chain = readonly JournalEvent[];

/** What of the journal is asked. */
export interface ChainSource {
  /** Events that have a cause, newest first, some at a time. */
  newest(): AsyncIterable<readonly JournalEvent[]>;
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

/** Of one type of ends so many are looked at for each that is wanted: the newest are mostly alike. */
const TRIES = 8;
/** A sample is of so many types at least, if there are. */
const FEWEST_TYPES = 4;

/** Chains that end in events of many types rather than in many of one, each checked link by link. @throws TypeError on a link that the journal made up */
export async function sampleChains(
  source: ChainSource,
  { count, length, services }: Wanted,
): Promise<Chain[]> {
  const byType = new Map<string, Chain[]>();
  const looked = new Map<string, number>();
  const most = Math.ceil(count / FEWEST_TYPES);
  const found = () => [...byType.values()].reduce((sum, chains) => sum + chains.length, 0);
  for await (const events of source.newest()) {
    for (const event of events) {
      const chains = byType.get(event.type) ?? [];
      const tries = looked.get(event.type) ?? 0;
      if (event.cause === undefined || chains.length >= most || tries >= TRIES * count) continue;
      looked.set(event.type, tries + 1);
      const chain = (await source.causes(event)).toReversed();
      checkLinks(chain);
      if (chain.length < length || new Set(chain.map(({ service }) => service)).size < services) continue;
      byType.set(event.type, [...chains, chain]);
    }
    if (found() >= count) break;
  }
  return [...byType.values()].flat().slice(0, count);
}

function checkLinks(chain: Chain): void {
  chain.slice(1).forEach(({ cause, id }, at) => {
    const before = chain[at]?.id;
    if (cause?.publisher !== before?.publisher || cause?.sequence !== before?.sequence)
      throw new TypeError(`${id?.publisher}/${id?.sequence} was not caused by what stands before it`);
  });
}
