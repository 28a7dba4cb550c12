import { create } from "@bufbuild/protobuf";
import { type JournalEvent, JournalEventSchema } from "@orrery/schema/bus/v1";
import { describe, expect, it } from "vitest";
import { seededNumbers } from "@orrery/bus";
import { type ChainSource, interleaved, sampleChains, shuffled } from "./sample-chains.ts";

/** A journal: each event caused by the one that is named. */
function journal(
  ...given: readonly (readonly [service: string, type: string, sequence: number, cause?: number])[]
) {
  const events = given.map(([service, type, sequence, cause]) =>
    create(JournalEventSchema, {
      id: { publisher: "p", sequence },
      service,
      type,
      ...(cause !== undefined && { cause: { publisher: "p", sequence: cause } }),
    }),
  );
  const bySequence = new Map(events.map((event) => [event.id?.sequence, event]));
  const source: ChainSource = {
    async *ends() {
      yield events.toReversed();
    },
    async causes(event) {
      const chain: JournalEvent[] = [];
      for (
        let at: JournalEvent | undefined = event;
        at !== undefined;
        at = bySequence.get(at.cause?.sequence)
      )
        chain.push(at);
      return chain;
    },
  };
  return { events, source };
}

const named = (chains: readonly (readonly JournalEvent[])[]) =>
  chains.map((chain) => chain.map(({ id }) => id?.sequence));

describe("chains of causes", () => {
  const { source } = journal(
    ["time", "Hour", 1],
    ["weather", "Ground", 2, 1],
    ["world", "Route", 3, 2],
    ["world", "Short", 4, 3],
    ["npc", "Hungry", 5, 4],
    ["npc", "Hungry", 6, 4],
    ["npc", "Moved", 7, 1],
  );

  it("go from the root to an end, of many types rather than many of one", async () => {
    const chains = await sampleChains(source, { count: 2, length: 3, services: 2 });
    expect(named(chains)).toEqual([
      [1, 2, 3, 4, 6],
      [1, 2, 3, 4],
    ]);
  });

  it("are as long, and over as many services, as is asked", async () => {
    const long = await sampleChains(source, { count: 9, length: 5, services: 4 });
    expect(named(long)).toEqual([
      [1, 2, 3, 4, 6],
      [1, 2, 3, 4, 5],
    ]);
    expect(await sampleChains(source, { count: 9, length: 6, services: 1 })).toEqual([]);
  });

  it("are of one type alone where there is no other", async () => {
    const { source: own } = journal(
      ["time", "Hour", 1],
      ...[2, 3, 4, 5].map((at) => ["npc", "Moved", at, 1] as const),
    );
    expect(await sampleChains(own, { count: 4, length: 2, services: 2 })).toHaveLength(4);
  });

  it("with a link that nobody said are not taken", async () => {
    const { source: own } = journal(["time", "Hour", 1], ["weather", "Ground", 2, 1]);
    const invented: ChainSource = { ...own, causes: async (event) => [event, event] };
    await expect(sampleChains(invented, { count: 1, length: 1, services: 1 })).rejects.toThrow(
      /was not caused/,
    );
  });

  it("are drawn in an order that a seed decides, and none of them is lost", () => {
    const numbers = Array.from({ length: 20 }, (_, at) => at);
    const [one, again, other] = [1, 1, 2].map((seed) => shuffled(numbers, seededNumbers(seed)));
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    expect(one?.toSorted((a, b) => a - b)).toEqual(numbers);
  });

  it("are tried for each kind as often as for any other", () => {
    expect(interleaved(["a1", "a2", "a3", "b1", "c1", "c2"], (name) => name.slice(0, 1))).toEqual([
      "a1",
      "b1",
      "c1",
      "a2",
      "c2",
      "a3",
    ]);
    expect(interleaved([], String)).toEqual([]);
  });
});
