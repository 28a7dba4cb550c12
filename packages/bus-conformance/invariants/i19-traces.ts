import { rawFrame } from "../frames.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/traced";
const EVENTS = 200;
const PER_FRAME = 20;
const RETRY = {
  inProcess: { attempts: 1 },
  atBroker: { rounds: 1, firstDelayMs: 20, factor: 1, maxDelayMs: 20 },
};

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0");
/** Every third event is not traced. */
const traceOf = (n: number): string | undefined =>
  n % 3 === 0 ? undefined : `00-${hex(n * 7_919, 32)}-${hex(n, 16)}-0${n % 2}`;
const isPoison = (n: number) => n % 50 === 0;

export const traces: Invariant = {
  id: "I19",
  title: "each event keeps its own trace parent: alone, in a batch, through a retry, in a dead letter",
  async run(scene) {
    const count = Math.max(PER_FRAME * 5, scene.load(EVENTS));
    const bus = await scene.bus();
    const alone = new Map<number, string | undefined>();
    const batched = new Map<number, string | undefined>();
    const failed = new Set<number>();
    let ofBatch: unknown;
    const singly = bus.subscribe({
      id: ID,
      types: ["conformance.v1.Sampled"],
      order: "none",
      retry: RETRY,
      handle({ sequence, traceparent }) {
        // Every seventh fails once, so that it comes again in another frame.
        if (isPoison(sequence)) throw new Error("poison");
        if (sequence % 7 === 0 && !failed.has(sequence)) {
          failed.add(sequence);
          throw new Error("planned");
        }
        alone.set(sequence, traceparent);
      },
    });
    const inBatches = bus.subscribe({
      id: `${ID}-batched`,
      types: ["conformance.v1.Sampled"],
      order: "none",
      handleFrame(batch) {
        ofBatch ??= Reflect.get(batch, "traceparent");
        for (const { sequence, traceparent } of batch.events()) batched.set(sequence, traceparent);
      },
    });
    await Promise.all([singly.ready, inBatches.ready]);
    for (let first = 1; first <= count; first += PER_FRAME) {
      const events = Array.from({ length: Math.min(PER_FRAME, count - first + 1) }, (_, i) => {
        const traceparent = traceOf(first + i);
        return {
          payload: new Uint8Array(24).fill(i),
          timeMs: scene.clock.now(),
          ...(traceparent === undefined ? {} : { traceparent }),
        };
      });
      await bus.send(rawFrame({ publisher: "traced", firstSequence: first, events }));
    }
    const poisons = Math.floor(count / 50);
    const letters = () => Array.fromAsync(bus.deadLetters(ID));
    await scene.until("all are handled", async () => {
      return alone.size >= count - poisons && batched.size >= count && (await letters()).length >= poisons;
    });
    for (const [n, traceparent] of [...alone, ...batched]) {
      demand(traceparent === traceOf(n), `event ${n}: ${traceparent} instead of ${traceOf(n)}`);
    }
    for (const { sequence, traceparent } of await letters()) {
      demand(traceparent === (traceOf(sequence) ?? ""), `dead letter ${sequence}: ${traceparent}`);
    }
    demand(ofBatch === undefined, "a batch claims one parent for events of many");
    return { events: count, retried: failed.size, deadLetters: poisons };
  },
};
