import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const EDGES = [2 ** 31, 2 ** 32, 2 ** 48];

export const largeCounters: Invariant = {
  id: "I26",
  title: "sequences cross 2^31, 2^32 and 2^48",
  async run(scene) {
    const count = Math.max(200, scene.load(2_000));
    for (const [i, edge] of EDGES.entries()) {
      const id = `conformance/edge-${i}`;
      const bus = await scene.bus();
      await scene.read(bus, id, { id, order: scene.features.orderedByKey ? "key" : "none", from: "latest" })
        .ready;
      const first = edge - count / 2;
      await scene.write(bus, { writer: 50 + i, count, first, firstSequence: first, frameBytes: 2_048 });
      await scene.until(`all across ${edge}`, () => scene.ledger.handledBy(id) >= count);
      const { phantom, reordered } = scene.ledger.judge(id);
      demand(
        phantom.length + reordered.length === 0,
        `around ${edge}: ${JSON.stringify({ phantom, reordered })}`,
      );
      scene.demandNoDoubles(id, `doubles around ${edge}`);
      await bus.drain();
    }
    return { edges: EDGES.length, published: count * EDGES.length };
  },
};
