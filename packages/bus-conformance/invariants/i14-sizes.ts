import { busErrors } from "@orrery/bus";
import { createFrameWriter, isError } from "@orrery/wire";
import { probeCodec } from "../probe.ts";
import { SAMPLE, type Scene, SOURCE, WORLD } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/sizes";
/** Edges of chunks, of base64 in chunks, and of numbers that take a byte more. */
const LADDER = [0, 1, 100, 1_024, 48_926, 48_927, 48_928, 65_535, 65_536, 65_537, 196_383, 262_144];
const FORMS = [
  { contentType: "protobuf", compression: "none" },
  { contentType: "protobuf", compression: "zstd" },
  { contentType: "json", compression: "none" },
] as const;

/** Bytes that do not compress, from a place in the ladder. */
function payloadOf(size: number, form: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = (size * 31 + form + 1) >>> 0;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function frameOf(scene: Scene, form: number, sequence: number, payload: Uint8Array): Uint8Array {
  const { contentType, compression } = FORMS[form] as (typeof FORMS)[number];
  const head = {
    publisher: `sizes-${form}`,
    source: SOURCE,
    world: WORLD,
    lane: "realtime",
    fingerprint: "c0f0000000000000",
    contentType,
    firstSequence: sequence,
  } as const;
  const writer = createFrameWriter(head, { maxBytes: scene.features.maxFrameBytes, compression });
  writer.appendRaw(SAMPLE.typeName, payload, { key: "size", timeMs: scene.clock.now() });
  return writer.finish();
}

export const sizes: Invariant = {
  id: "I14",
  title: "payloads of every size arrive whole; one over the limit is refused before it is sent",
  async run(scene) {
    const { maxEventBytes, maxFrameBytes } = scene.features;
    const steps = [...LADDER.filter((size) => size < maxEventBytes), maxEventBytes - 1, maxEventBytes];
    const wrong: string[] = [];
    const arrived = new Set<string>();
    const bus = await scene.bus();
    const subscription = bus.subscribe({
      id: ID,
      types: [SAMPLE.typeName],
      order: "none",
      handle({ payload, publisher, sequence }) {
        const size = steps[sequence - 1] as number;
        const form = Number(publisher.slice(-1));
        if (Buffer.compare(payload, payloadOf(size, form)) !== 0)
          wrong.push(`${size} bytes as ${payload.length}`);
        arrived.add(`${form} ${size}`);
      },
    });
    await subscription.ready;
    for (const [at, size] of steps.entries()) {
      for (const form of FORMS.keys()) await bus.send(frameOf(scene, form, at + 1, payloadOf(size, form)));
    }
    const wanted = steps.length * FORMS.length;
    await scene.until("every size has arrived", () => arrived.size + wrong.length >= wanted);
    demand(wrong.length === 0, `changed on the way: ${wrong[0]}`);
    await refuses(scene, maxEventBytes, maxFrameBytes);
    return { sizes: wanted, maxEventBytes };
  },
};

/** Over the limit by a byte: an event by the publisher, a frame by the transport, with the limit in the error. */
async function refuses(scene: Scene, maxEventBytes: number, maxFrameBytes: number): Promise<void> {
  let sent = 0;
  const transport = await scene.connect();
  const bus = scene.busOn({
    ...transport,
    publish(frames) {
      sent += frames.length;
      return transport.publish(frames);
    },
  });
  const publisher = bus.publisher({ source: SOURCE, world: WORLD, fingerprint: "c0f0000000000000" });
  const codec = probeCodec("conformance.v1.Large", "realtime");
  let refusal: unknown;
  try {
    publisher.publish(codec, { writer: 1, n: 1, key: "size", filler: maxEventBytes + 1 - 16 });
    await publisher.flush();
  } catch (error) {
    refusal = error;
  }
  demand(isError(refusal, busErrors.BUS_EVENT_TOO_LARGE), `max + 1 byte: ${String(refusal)}`);
  demand(
    String(refusal).includes(String(maxEventBytes)),
    `the error does not say the limit: ${String(refusal)}`,
  );
  demand(sent === 0, "an event over the limit was sent");

  const frame = new Uint8Array(maxFrameBytes + 1);
  frame.set(frameOf(scene, 0, 1_000, payloadOf(100, 0)));
  refusal = await transport.publish([frame]).catch((error: unknown) => error);
  demand(isError(refusal, busErrors.BUS_FRAME_TOO_LARGE), `a frame of max + 1 byte: ${String(refusal)}`);
  demand(
    String(refusal).includes(String(maxFrameBytes)),
    `the error does not say the limit: ${String(refusal)}`,
  );
}
