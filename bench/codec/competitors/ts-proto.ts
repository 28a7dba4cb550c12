import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Competitor, meanLength } from "../competitor.ts";
import type { MixEvent } from "../mix.ts";
import { GENERATED, PROTO_FILES, PROTO_ROOTS } from "../protos.ts";

interface TsProtoMessage {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): { atGs: number };
  fromPartial(init: unknown): unknown;
}

function generate(): void {
  const root = resolve(import.meta.dirname, "../../..");
  mkdirSync(GENERATED, { recursive: true });
  const template = `${GENERATED}/ts-proto.gen.yaml`;
  const plugin = {
    local: [`${root}/node_modules/.bin/node`, `${root}/node_modules/ts-proto/protoc-gen-ts_proto`],
    out: `${GENERATED}/ts-proto`,
    strategy: "all",
    opt: ["enumsAsLiterals=true", "importSuffix=.ts", "outputJsonMethods=false", "outputServices=none"],
  };
  writeFileSync(template, JSON.stringify({ version: "v2", plugins: [plugin] }));
  const paths = PROTO_FILES.flatMap((file) => ["--path", `${PROTO_ROOTS.orrery}/${file}`]);
  const buf = spawnSync(`${root}/node_modules/.bin/buf`, ["generate", "--template", template, ...paths], {
    cwd: root,
    encoding: "utf8",
  });
  if (buf.status !== 0) throw new Error(`ts-proto did not generate: ${buf.stderr}`);
}

export async function tsProto(mix: readonly MixEvent[]): Promise<Competitor> {
  generate();
  const types = new Map<string, TsProtoMessage>();
  for (const file of PROTO_FILES) {
    const module = (await import(`${GENERATED}/ts-proto/${file.replace(".proto", ".ts")}`)) as Record<
      string,
      TsProtoMessage
    >;
    const pkg = file.slice(0, file.lastIndexOf("/")).replaceAll("/", ".");
    for (const [name, value] of Object.entries(module)) types.set(`${pkg}.${name}`, value);
  }
  const codecs = mix.map((event) => types.get(event.codec.typeName)!);
  const messages = mix.map((event, i) => codecs[i]!.fromPartial(event.init));
  const bytes = messages.map((message, i) => codecs[i]!.encode(message).finish());
  return {
    name: "ts-proto",
    bytesPerEvent: meanLength(bytes),
    encode() {
      let sum = 0;
      for (let i = 0; i < messages.length; i++) sum += codecs[i]!.encode(messages[i]!).finish().length;
      return sum;
    },
    decode() {
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) sum += codecs[i]!.decode(bytes[i]!).atGs;
      return sum;
    },
  };
}
