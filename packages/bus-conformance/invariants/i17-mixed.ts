import type { Transport } from "@orrery/bus";
import { openFrame, wireErrors, isError } from "@orrery/wire";
import { crc32 } from "node:zlib";
import { rawFrame } from "../frames.ts";
import { probeBytes } from "../probe.ts";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/mixed";
const EVENTS = 1_000;
const PER_FRAME = 20;
const FORMS = [
  { contentType: "protobuf", compression: "none" },
  { contentType: "protobuf", compression: "zstd" },
  { contentType: "json", compression: "none" },
  { contentType: "json", compression: "zstd" },
] as const;
const RETRY = {
  inProcess: { attempts: 1 },
  atBroker: { rounds: 4, firstDelayMs: 20, factor: 2, maxDelayMs: 100 },
};
const FLAGS_AT = 5;
const UNKNOWN_CODEC = 0x40;
/** Deliveries of a frame that are in the codec nobody here knows. */
const STRANGE_TIMES = 2;

/** The same frame as somebody with a newer codec would have made it. */
function inUnknownCodec(frame: Uint8Array): Uint8Array {
  const strange = Buffer.from(frame);
  strange[FLAGS_AT] = (strange[FLAGS_AT] as number) | UNKNOWN_CODEC;
  strange.writeUInt32LE(crc32(strange.subarray(0, -4)), strange.length - 4);
  return strange;
}

/** Hands every tenth frame out in an unknown codec the first times, as to a reader that is upgraded meanwhile. */
function beforeUpgrade(inner: Transport, seen: { strange: number }): Transport {
  const times = new Map<number, number>();
  return {
    ...inner,
    async open(spec) {
      const consumer = await inner.open(spec);
      return {
        get standby() {
          return consumer.standby;
        },
        close: () => consumer.close(),
        async pull(...args) {
          const deliveries = await consumer.pull(...args);
          return deliveries.map((delivery) => {
            const { firstSequence } = openFrame(delivery.frame);
            if (Math.floor(firstSequence / PER_FRAME) % 10 !== 5) return delivery;
            const before = times.get(firstSequence) ?? 0;
            times.set(firstSequence, before + 1);
            if (before >= STRANGE_TIMES) return delivery;
            seen.strange++;
            return { ...delivery, frame: inUnknownCodec(delivery.frame) };
          });
        },
      };
    },
  };
}

function send(scene: Scene, first: number): Uint8Array {
  const form = FORMS[Math.floor(first / PER_FRAME) % FORMS.length] as (typeof FORMS)[number];
  const events = Array.from({ length: PER_FRAME }, (_, i) => {
    scene.ledger.publish(1, first + i, "mixed", scene.clock.now());
    return {
      payload: probeBytes({ writer: 1, n: first + i, key: "mixed", filler: 64 }),
      key: "mixed",
      timeMs: scene.clock.now(),
    };
  });
  return rawFrame({ publisher: "mixed", firstSequence: first, ...form, events });
}

export const mixedContent: Invariant = {
  id: "I17",
  title:
    "content types and compressions mix on one lane; an unknown codec is a coded error, retried, not dropped",
  async run(scene) {
    const frames = Math.max(10, Math.ceil(scene.load(EVENTS) / PER_FRAME));
    const seen = { strange: 0 };
    const bus = scene.busOn(beforeUpgrade(await scene.connect(), seen));
    await scene.read(bus, "member", { id: ID, order: "none", retry: RETRY }).ready;
    const writer = await scene.bus();
    for (let frame = 0; frame < frames; frame++) {
      const first = 1 + frame * PER_FRAME;
      await writer.send(send(scene, first));
      for (let n = first; n < first + PER_FRAME; n++) scene.ledger.outcome(1, n, "acked");
    }
    await scene.until("all forms are handled", () => scene.ledger.handledBy(ID) >= frames * PER_FRAME);
    const { corrupted, lost } = scene.ledger.judge(ID);
    demand(corrupted.length + lost.length === 0, `${corrupted.length} corrupted, ${lost.length} lost`);
    demand(seen.strange > 0, "nothing came in an unknown codec");
    const letters = await Array.fromAsync(bus.deadLetters(ID));
    demand(letters.length === 0, `${letters.length} given up that could have been read later`);

    let refusal: unknown;
    try {
      openFrame(inUnknownCodec(send(scene, 1_000_001)));
    } catch (error) {
      refusal = error;
    }
    demand(isError(refusal, wireErrors.WIRE_FRAME_CODEC), `an unknown codec: ${String(refusal)}`);
    return { events: frames * PER_FRAME, forms: FORMS.length, inUnknownCodec: seen.strange };
  },
};
