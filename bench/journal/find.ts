import type { Client } from "@connectrpc/connect";
import type { JournalService } from "@orrery/schema/bus/v1";
import { seededNumbers } from "@orrery/bus";
import { percentile } from "./percentile.ts";

const WORLD = "ledger";
const TIMES = 100;
const CHAIN_EVENTS = 5_000;
const RARE_EVENTS = 10_000;

/** Milliseconds, p99 of 100 calls each, at random places of what is there. */
export interface FindTimes {
  readonly events: number;
  readonly getMs: number;
  readonly typeMs: number;
  readonly keyMs: number;
  readonly rareKeyMs: number;
  readonly entityMs: number;
  readonly chainMs: number;
  /** Fewest events of a chain; 50 are asked. */
  readonly chain: number;
}

export async function timeFinds(journal: Client<typeof JournalService>): Promise<FindTimes> {
  const uniform = seededNumbers(7);
  const { worlds } = await journal.stats({ worldId: WORLD });
  const events = worlds[0]?.events ?? 0;
  const newest = (await journal.get({ worldId: WORLD, which: { case: "ordinal", value: 1 } })).event;
  const publisher = newest?.id?.publisher ?? "";
  const anyOf = (step: number) => (1 + Math.floor(uniform() * (Math.floor(events / step) - 1))) * step;
  const time = async (call: () => Promise<unknown>) => {
    const took: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const began = performance.now();
      await call();
      took.push(performance.now() - began);
    }
    return percentile(took, 0.99);
  };
  const page = (filter: { types?: string[]; keys?: string[]; entities?: string[] }) =>
    journal.query({ worldId: WORLD, filter, pageSize: 100 });
  let chain = Number.POSITIVE_INFINITY;
  return {
    events,
    getMs: await time(() =>
      journal.get({ worldId: WORLD, which: { case: "id", value: { publisher, sequence: anyOf(1) } } }),
    ),
    typeMs: await time(() => page({ types: ["bench.v1.Rare"] })),
    keyMs: await time(() => page({ keys: [`key-${Math.floor(uniform() * 50)}`] })),
    rareKeyMs: await time(() => page({ keys: [`rare-${anyOf(RARE_EVENTS)}`] })),
    entityMs: await time(() => page({ entities: [`rare-${anyOf(RARE_EVENTS)}`] })),
    chainMs: await time(async () => {
      const id = { publisher, sequence: anyOf(CHAIN_EVENTS) + CHAIN_EVENTS - 100 };
      chain = Math.min(chain, (await journal.causes({ worldId: WORLD, id, depth: 64 })).chain.length);
    }),
    chain,
  };
}
