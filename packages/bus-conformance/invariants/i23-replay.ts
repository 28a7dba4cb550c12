import { SAMPLE } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const EVENTS = 20_000;
const WRITERS = 4;
const HOLD = "conformance/held";
const REPLAY = "conformance/replayed";

interface Seen {
  readonly writer: number;
  readonly n: number;
  readonly timeMs: number;
}

export const replay: Invariant = {
  id: "I23",
  title: "a subscription that begins at the beginning sees what the ledger has, by sequence and by time",
  needs: (features) => (features.replay ? undefined : "does not claim replay"),
  async run(scene) {
    const count = Math.ceil(scene.load(EVENTS) / WRITERS);
    // A subscription that nobody reads holds what was published, where a broker would let go of it.
    const hold = { id: HOLD, types: [SAMPLE.typeName], order: "none", from: "earliest" } as const;
    await (await scene.connect()).ensure({ topics: [], subscriptions: [hold] });
    const writer = await scene.bus();
    const middle = Math.ceil(count / 2);
    const write = (first: number, upTo: number) =>
      Promise.all(
        Array.from({ length: WRITERS }, (_, w) =>
          scene.write(writer, {
            writer: w,
            first,
            firstSequence: first,
            count: upTo - first + 1,
            frameBytes: 4_096,
          }),
        ),
      );
    await write(1, middle);
    await scene.clock.sleep(5);
    const splitMs = scene.clock.now();
    await scene.clock.sleep(5);
    await write(middle + 1, count);

    const publishers = new Map<string, number[]>();
    const seen: Seen[] = [];
    const reader = await scene.bus();
    const subscription = scene.read(reader, "replaying", {
      id: REPLAY,
      order: scene.features.orderedByKey ? "key" : "none",
      from: "earliest",
      handle({ publisher, sequence, timeMs }, { writer: w, n }) {
        seen.push({ writer: w, n, timeMs });
        const sequences = publishers.get(publisher);
        if (sequences === undefined) publishers.set(publisher, [sequence]);
        else sequences.push(sequence);
      },
    });
    await subscription.ready;
    const total = count * WRITERS;
    await scene.until("everything is replayed", () => scene.ledger.handledBy(REPLAY) >= total);
    const { lost, phantom, reordered } = scene.ledger.judge(REPLAY);
    demand(lost.length + phantom.length === 0, `${lost.length} missing, ${phantom.length} too many`);
    if (scene.features.orderedByKey) demand(reordered.length === 0, `out of order, like ${reordered[0]}`);
    for (const [publisher, sequences] of publishers) {
      const sorted = [...new Set(sequences)].sort((a, b) => a - b);
      const gap = sorted.findIndex((sequence, i) => i > 0 && sequence !== (sorted[i - 1] as number) + 1);
      demand(gap < 0, `${publisher}: a gap before ${sorted[gap]}`);
    }
    const before = new Set(
      seen.filter(({ timeMs }) => timeMs <= splitMs).map(({ writer: w, n }) => `${w}/${n}`),
    );
    for (const { writer: w, n } of scene.ledger.writings)
      demand(before.has(`${w}/${n}`) === n <= middle, `${w}/${n} is on the wrong side of ${splitMs}`);
    return { replayed: total, publishers: publishers.size };
  },
};
