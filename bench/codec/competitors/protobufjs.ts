import { join } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { type Competitor, meanLength } from "../competitor.ts";
import type { MixEvent } from "../mix.ts";
import { PROTO_FILES, PROTO_ROOTS } from "../protos.ts";

/** protobufjs's generated code (it is made at run time from the .proto files; the static form has the same code). */
export function protobufJs(mix: readonly MixEvent[]): Competitor {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => {
    if (target.startsWith("google/")) return fileURLToPath(import.meta.resolve(`protobufjs/${target}`));
    if (target.startsWith("/")) return target;
    return join(target.startsWith("orrery/") ? PROTO_ROOTS.options : PROTO_ROOTS.orrery, target);
  };
  root.loadSync(PROTO_FILES.map((file) => join(PROTO_ROOTS.orrery, file)));
  const types = mix.map((event) => root.lookupType(event.codec.typeName));
  for (const type of new Set(types)) type.setup();
  const messages = mix.map((event, i) => types[i]!.create(event.init as Record<string, unknown>));
  const bytes = messages.map((message, i) => types[i]!.encode(message).finish());
  return {
    name: "protobufjs",
    bytesPerEvent: meanLength(bytes),
    encode() {
      let sum = 0;
      for (let i = 0; i < messages.length; i++) sum += types[i]!.encode(messages[i]!).finish().length;
      return sum;
    },
    decode() {
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) {
        sum += (types[i]!.decode(bytes[i]!) as unknown as { atGs: number }).atGs;
      }
      return sum;
    },
  };
}
