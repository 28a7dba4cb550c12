import type { Codec } from "@orrery/wire";
import { probeCodec } from "./probe.ts";

/** A message as three releases know it: each adds a field, none takes one away. */
export interface Evolved {
  readonly writer: number;
  /** In every release. */
  readonly name: string;
  /** Since N. */
  readonly value?: number;
  /** Since N+1; a number that N has no name for. */
  readonly kind?: number;
  /** Fields that the reader does not know, as they came. */
  readonly unknown?: Uint8Array;
}

export type Release = "N-1" | "N" | "N+1";

/** Field numbers that a release knows. */
const KNOWN: Readonly<Record<Release, number>> = { "N-1": 2, N: 3, "N+1": 4 };

/** `conformance.v1.Evolved` as a release reads and writes it: plain protobuf, unknown fields kept. */
export function evolvedCodec(release: Release): Codec<Evolved, Evolved, Evolved> {
  const known = KNOWN[release];
  const decode = (bytes: Uint8Array, start = 0, end = bytes.length) =>
    readEvolved(bytes.subarray(start, end), known);
  return {
    ...(probeCodec("conformance.v1.Evolved", "standard") as unknown as Codec<Evolved, Evolved, Evolved>),
    event: {
      ...probeCodec("conformance.v1.Evolved", "standard").event,
      key: (init: Evolved) => init.name,
    } as never,
    encode(init, out) {
      const bytes = writeEvolved(init, known);
      const grown = new Uint8Array(Math.max(out.pos + bytes.length, out.bytes.length));
      grown.set(out.bytes);
      grown.set(bytes, out.pos);
      out.bytes = grown;
      out.view = new DataView(grown.buffer);
      out.pos += bytes.length;
    },
    decode,
    view: decode,
    reset: (_view, bytes, start, end) => decode(bytes, start, end),
  };
}

export function writeEvolved({ writer, name, value, kind, unknown }: Evolved, known = 4): Uint8Array {
  const text = Buffer.from(name);
  const parts = [Buffer.from([1 << 3, writer]), Buffer.from([(2 << 3) | 2, text.length]), text];
  if (known >= 3 && value !== undefined) {
    const bytes = Buffer.alloc(9);
    bytes[0] = (3 << 3) | 1;
    bytes.writeDoubleLE(value, 1);
    parts.push(bytes);
  }
  if (known >= 4 && kind !== undefined) parts.push(Buffer.from([4 << 3, kind & 0x7f]));
  if (unknown !== undefined) parts.push(Buffer.from(unknown));
  return Buffer.concat(parts);
}

/** Reads fields up to number `known`; the rest is kept as it came. */
export function readEvolved(given: Uint8Array, known: number): Evolved {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  const read = { writer: 0, name: "" } as { -readonly [K in keyof Evolved]: Evolved[K] };
  const strange: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] as number;
    const [number, wireType] = [tag >> 3, tag & 7];
    const size = wireType === 0 ? 2 : wireType === 1 ? 9 : 2 + (bytes[at + 1] as number);
    if (number > known) strange.push(bytes.subarray(at, at + size));
    else if (number === 1) read.writer = bytes[at + 1] as number;
    else if (number === 2) read.name = bytes.toString("utf8", at + 2, at + size);
    else if (number === 3) read.value = bytes.readDoubleLE(at + 1);
    else read.kind = bytes[at + 1] as number;
    at += size;
  }
  if (strange.length > 0) read.unknown = Buffer.concat(strange);
  return read;
}
