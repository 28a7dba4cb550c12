import { readFileSync } from "node:fs";
import { PbfReader, PbfWriter } from "pbf";
import { compile } from "pbf/compile";
import { parse } from "protocol-buffers-schema";
import { type Competitor, meanLength } from "../competitor.ts";
import type { MixEvent } from "../mix.ts";
import { PROTO_FILES, PROTO_ROOTS } from "../protos.ts";

type Read = (pbf: PbfReader, end?: number) => { readonly atGs: number };
type Write = (message: unknown, pbf: PbfWriter) => void;

/** pbf names fields as the .proto does; its parser does not know our options, which do not matter here. */
function load(): Map<string, Readonly<Record<string, Read | Write>>> {
  const packages = new Map<string, Readonly<Record<string, Read | Write>>>();
  for (const file of PROTO_FILES) {
    const source = readFileSync(`${PROTO_ROOTS.orrery}/${file}`, "utf8")
      .replaceAll(/^import .*$/gm, "")
      .replaceAll(/option \(orrery\.event\) = \{[\s\S]*?\n {2}\};/g, "")
      // An enumeration of another package travels as its number.
      .replaceAll(/\b[a-z]+\.v1\.[A-Z]\w*Kind\b/g, "uint32")
      .replaceAll(/ \[\(orrery\.[^\]]*\]/g, "")
      .replaceAll(
        /\b([a-z]+(?:_[a-z0-9]+)+) = (\d+);/g,
        (_all, name: string, no: string) => `${camel(name)} = ${no};`,
      );
    packages.set(
      file.slice(0, file.lastIndexOf("/")).replaceAll("/", "."),
      compile(parse(source)) as Record<string, Read | Write>,
    );
  }
  return packages;
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

export function pbf(mix: readonly MixEvent[]): Competitor {
  const packages = load();
  const codecs = mix.map(({ codec }) => {
    const dot = codec.typeName.lastIndexOf(".");
    const code = packages.get(codec.typeName.slice(0, dot));
    const name = codec.typeName.slice(dot + 1);
    const [read, write] = [code?.[`read${name}`], code?.[`write${name}`]];
    if (read === undefined || write === undefined) throw new Error(`pbf has no ${codec.typeName}`);
    return { read: read as Read, write: write as Write };
  });
  const write = (i: number): Uint8Array => {
    const out = new PbfWriter();
    codecs[i]!.write(mix[i]!.init, out);
    return out.finish();
  };
  const bytes = mix.map((_event, i) => write(i).slice());
  return {
    name: "pbf",
    bytesPerEvent: meanLength(bytes),
    encode() {
      let sum = 0;
      for (let i = 0; i < mix.length; i++) sum += write(i).length;
      return sum;
    },
    decode() {
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) sum += codecs[i]!.read(new PbfReader(bytes[i]!)).atGs;
      return sum;
    },
  };
}
