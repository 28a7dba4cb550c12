import { type DescMessage, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import type { Codec } from "../codec/codec.ts";
import { createFrameWriter } from "../frame/writer.ts";
import { messageArbitrary } from "./arbitrary.ts";
import type { Sample } from "./assault.ts";

/** `each` random messages of every codec, none of them empty or long. */
export function createSamples(codecs: Iterable<Codec>, each: number, seed: number): Sample[] {
  const samples: Sample[] = [];
  for (const codec of codecs) {
    const schema = codec.schema as DescMessage;
    for (const message of fc.sample(messageArbitrary(schema), { numRuns: each, seed })) {
      const bytes = toBinary(schema, message);
      if (bytes.length > 0 && bytes.length < 4096) samples.push({ codec, bytes });
    }
  }
  return samples;
}

/** Frames of the samples: plain, zstd, with causes and traces. */
export function createFrames(samples: readonly Sample[]): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let i = 0; i + 12 <= samples.length; i += 12) {
    const writer = createFrameWriter(
      {
        publisher: "p",
        source: "s",
        world: "w",
        lane: "standard",
        fingerprint: "0123456789abcdef",
        firstSequence: i * 1e9,
      },
      { compression: i % 24 === 0 ? "zstd" : "none", maxBytes: 262_144 },
    );
    samples.slice(i, i + 12).forEach(({ codec, bytes }, at) => {
      writer.appendRaw(codec.typeName, bytes, {
        key: `key-${at % 3}`,
        timeMs: 1.7e12 + at * 0.3,
        cause: at % 2 === 0 ? { publisher: "q", sequence: i + at } : undefined,
        traceparent: at % 5 === 0 ? "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" : undefined,
      });
    });
    frames.push(writer.finish());
  }
  return frames;
}
