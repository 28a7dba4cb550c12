import { type Competitor, meanLength } from "../competitor.ts";
import { jsonForm, type MixEvent } from "../mix.ts";

/** The baseline: JSON in UTF-8 bytes. */
export function json(mix: readonly MixEvent[]): Competitor {
  const objects = mix.map(jsonForm);
  const bytes = objects.map((object) => Buffer.from(JSON.stringify(object)));
  return {
    name: "JSON",
    bytesPerEvent: meanLength(bytes),
    encode() {
      let sum = 0;
      for (let i = 0; i < objects.length; i++) sum += Buffer.from(JSON.stringify(objects[i])).length;
      return sum;
    },
    decode() {
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) sum += JSON.parse(bytes[i]!.toString()).atGs;
      return sum;
    },
    view() {
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) {
        sum += mix[i]!.route(JSON.parse(bytes[i]!.toString()));
      }
      return sum;
    },
  };
}
