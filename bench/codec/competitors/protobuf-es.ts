import { create, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import { type Competitor, meanLength } from "../competitor.ts";
import type { MixEvent } from "../mix.ts";

export function protobufEs(mix: readonly MixEvent[]): Competitor {
  const schemas = mix.map((event) => event.codec.schema as DescMessage);
  const messages = mix.map((event, i) => create(schemas[i]!, event.init as Message));
  const bytes = messages.map((message, i) => toBinary(schemas[i]!, message));
  return {
    name: "protobuf-es",
    bytesPerEvent: meanLength(bytes),
    encode() {
      let sum = 0;
      for (let i = 0; i < messages.length; i++) sum += toBinary(schemas[i]!, messages[i]!).length;
      return sum;
    },
    decode() {
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) {
        sum += (fromBinary(schemas[i]!, bytes[i]!) as unknown as { atGs: number }).atGs;
      }
      return sum;
    },
  };
}
