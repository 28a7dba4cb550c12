import { Packr } from "msgpackr";
import { type Competitor, meanLength } from "../competitor.ts";
import type { MixEvent } from "../mix.ts";

/** msgpackr at its fastest: record structures shared by writer and reader, so that names are not sent. */
export function msgpackr(mix: readonly MixEvent[]): Competitor {
  const packr = new Packr({ structures: [] });
  const bytes = mix.map((event) => Uint8Array.from(packr.pack(event.init)));
  return {
    name: "msgpackr",
    bytesPerEvent: meanLength(bytes),
    encode() {
      let sum = 0;
      for (let i = 0; i < mix.length; i++) sum += packr.pack(mix[i]!.init).length;
      return sum;
    },
    decode() {
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) sum += (packr.unpack(bytes[i]!) as { atGs: number }).atGs;
      return sum;
    },
  };
}
