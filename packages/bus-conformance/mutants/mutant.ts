import type { Consumer, Delivery, Transport } from "@orrery/bus";
import { createFrameWriter, type FrameEvent, openFrame } from "@orrery/wire";

/** A transport with one lie planted in it, and the invariants of which at least one must find it. */
export interface Mutant {
  readonly name: string;
  /** What conformance.md calls it, where it is one of the fourteen there. */
  readonly page?: PageMutant;
  readonly caughtBy: readonly string[];
  mutate(inner: Transport): Transport;
}

/** The mutants that conformance.md names. */
export const PAGE_MUTANTS = [
  "ack before handle",
  "drop on nack",
  "ignore `Failed[]`",
  "close without drain",
  "heartbeat after delete",
  "dedup off",
  "dedup for ever",
  "reorder inside a key on retry",
  "truncate at 64 KB",
  "decode with wrong version",
  "drop DLQ errors",
  "deliver over concurrency",
  "lose suffix on restart",
  "trace swapped between neighbours in a frame",
] as const;
export type PageMutant = (typeof PAGE_MUTANTS)[number];

type Pull = Consumer["pull"];

/** Replaces what a consumer pulls. */
export function pulling(inner: Transport, change: (pull: Pull) => Pull): Transport {
  return {
    ...inner,
    async open(spec) {
      const consumer = await inner.open(spec);
      return {
        get standby() {
          return consumer.standby;
        },
        pull: change((frames, bytes, signal) => consumer.pull(frames, bytes, signal)),
        close: () => consumer.close(),
      };
    },
  };
}

/** Replaces each delivery. */
export const each = (inner: Transport, change: (delivery: Delivery) => Delivery): Transport =>
  pulling(
    inner,
    (pull) =>
      async (...args) =>
        (await pull(...args)).map(change),
  );

/** Every `n`th call says yes. */
export function every(n: number): () => boolean {
  let calls = 0;
  return () => ++calls % n === 0;
}

/** The same frame with other events; `change` gets all of them. */
export function rewritten(
  frame: Uint8Array,
  change: (events: readonly FrameEvent[]) => readonly FrameEvent[],
): Uint8Array {
  const opened = openFrame(frame);
  const writer = createFrameWriter(opened, { maxBytes: 1 << 22, compression: opened.compression });
  for (const event of change([...opened.events()])) writer.appendRaw(event.type, event.payload, event);
  return writer.finish();
}
