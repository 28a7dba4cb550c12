// Publishes frames as fast as it can and says on stdout what was acknowledged: "<last sequence>\n".
// Arguments: folder, publisher. Ends only by being killed.
import { createBus } from "../../bus.ts";
import { sampleFrame } from "../../testing/sample.ts";
import { openEmbeddedTransport } from "../transport.ts";
import { textOf } from "./crash-text.ts";

const [dir, publisher] = process.argv.slice(2) as [string, string];
const PER_FRAME = 20;
const PER_BATCH = 8;

const bus = createBus({ transport: openEmbeddedTransport({ dir, segmentBytes: 1 << 20 }) });
for (let first = 1; ; ) {
  const frames: Uint8Array[] = [];
  for (let i = 0; i < PER_BATCH; i++) {
    frames.push(
      sampleFrame(
        publisher,
        first,
        Array.from({ length: PER_FRAME }, (_, j) => textOf(publisher, first + j)),
      ),
    );
    first += PER_FRAME;
  }
  await bus.send(...frames);
  process.stdout.write(`${first - 1}\n`);
}
