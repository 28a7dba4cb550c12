import { createFrameWriter, openFrame } from "@orrery/wire";
import { expect, test } from "vitest";
import { subsetFrame } from "./subset.ts";

const COUNT = 200;

for (const compression of ["none", "zstd"] as const) {
  test(`most of a frame's events are a frame again, however small it was packed: ${compression}`, () => {
    const writer = createFrameWriter(
      {
        publisher: "writer",
        source: "probe",
        world: "probe",
        lane: "bulk",
        fingerprint: "c0f0000000000000",
        firstSequence: 1,
      },
      { compression },
    );
    const payload = new Uint8Array(100).fill(7);
    for (let n = 0; n < COUNT; n++)
      writer.appendRaw("probe.v1.Sampled", payload, { key: `key-${n}`, timeMs: n });
    const frame = openFrame(writer.finish());
    const chosen = new Set(Array.from({ length: COUNT - 1 }, (_, i) => i + 1));
    const subset = openFrame(subsetFrame(frame, chosen));
    expect([subset.count, subset.firstSequence, subset.compression]).toEqual([COUNT - 1, 2, compression]);
    for (const event of subset.events()) expect(Buffer.from(event.payload).equals(payload)).toBe(true);
  });
}
