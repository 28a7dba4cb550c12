import { createWireBuffer, encodeBytes } from "@orrery/wire";
import { type Competitor, meanLength } from "../competitor.ts";
import type { MixEvent } from "../mix.ts";

const FRAME_BYTES = 65_536;

/** Ours: writes into a buffer that is shared, as frames are. */
export function orrery(mix: readonly MixEvent[]): Competitor {
  const out = createWireBuffer(2 * FRAME_BYTES);
  const bytes = mix.map((event) => encodeBytes(event.codec, event.init));
  const views = new Map(mix.map((event, i) => [event.codec, event.codec.view(bytes[i]!)]));
  const viewOf = mix.map((event) => views.get(event.codec)!);
  return {
    name: "orrery",
    bytesPerEvent: meanLength(bytes),
    encode() {
      let sum = 0;
      out.pos = 0;
      for (let i = 0; i < mix.length; i++) {
        const { codec, init } = mix[i]!;
        if (out.pos > FRAME_BYTES) {
          sum += out.pos;
          out.pos = 0;
        }
        codec.encode(init, out);
      }
      return sum + out.pos + out.bytes[out.pos >> 1]!;
    },
    decode() {
      let sum = 0;
      for (let i = 0; i < mix.length; i++) sum += mix[i]!.codec.decode(bytes[i]!).atGs;
      return sum;
    },
    view() {
      let sum = 0;
      for (let i = 0; i < mix.length; i++) {
        const { codec, route } = mix[i]!;
        sum += route(codec.reset(viewOf[i], bytes[i]!, 0, bytes[i]!.length));
      }
      return sum;
    },
  };
}

/** Ours, with bytes of its own for each event: what a single message outside a frame costs. */
export function orreryOwnBytes(mix: readonly MixEvent[]): Competitor {
  const shared = orrery(mix);
  return {
    name: "orrery, own bytes",
    bytesPerEvent: shared.bytesPerEvent,
    decode: shared.decode,
    encode() {
      let sum = 0;
      for (const { codec, init } of mix) sum += encodeBytes(codec, init).length;
      return sum;
    },
  };
}
