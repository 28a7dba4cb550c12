import { createFrameWriter, isError, openFrame, wireErrors } from "@orrery/wire";
import { jsonForm, type MixEvent } from "./mix.ts";

export interface FrameSize {
  readonly events: number;
  /** Mean bytes an event as JSON: the event with the envelope that a frame gives it. */
  readonly jsonBytes: number;
  /** Mean bytes an event in full frames, everything counted. */
  readonly frameBytes: number;
  readonly zstdBytes: number;
}

const head = {
  publisher: "wm-7f3a9c21",
  source: "weather-manager",
  world: "hollowmere",
  lane: "standard",
  fingerprint: "0123456789abcdef",
  firstSequence: 1_000_000,
} as const;

/** Fills frames of 64 KiB with the mix and weighs them against JSON. */
export function frameSize(mix: readonly MixEvent[]): FrameSize {
  const frames = { none: 0, zstd: 0 };
  for (const compression of ["none", "zstd"] as const) {
    let writer = createFrameWriter(head, { compression });
    const finish = () => {
      const frame = writer.finish();
      openFrame(frame);
      frames[compression] += frame.length;
    };
    mix.forEach((event, index) => {
      const envelope = { timeMs: 1_717_200_000_000 + index, cause: causeOf(index) };
      try {
        writer.append(event.codec, event.init, envelope);
      } catch (error) {
        if (!isError(error, wireErrors.WIRE_FRAME_FULL)) throw error;
        finish();
        writer = createFrameWriter({ ...head, firstSequence: writer.nextSequence }, { compression });
        writer.append(event.codec, event.init, envelope);
      }
    });
    finish();
  }
  let json = 0;
  mix.forEach((event, index) => {
    const key = event.codec.event?.key(event.init);
    json += Buffer.byteLength(
      JSON.stringify({
        id: `${head.publisher}/${head.firstSequence + index}`,
        source: `/orrery/${head.world}/${head.source}`,
        type: event.codec.typeName,
        ...(key === "" ? {} : { subject: key }),
        timeMs: 1_717_200_000_000 + index,
        causationId: `${causeOf(index).publisher}/${causeOf(index).sequence}`,
        data: jsonForm(event),
      }),
    );
  });
  const mean = (bytes: number) => bytes / mix.length;
  return {
    events: mix.length,
    jsonBytes: mean(json),
    frameBytes: mean(frames.none),
    zstdBytes: mean(frames.zstd),
  };
}

function causeOf(index: number): { publisher: string; sequence: number } {
  return { publisher: "tm-01b2c3d4", sequence: 500_000 + Math.floor(index / 16) };
}
