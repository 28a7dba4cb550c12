import { crc32 } from "node:zlib";
import type { Codec, Lane } from "@orrery/wire";

/** What the suite sends: who wrote it, its number there, and a check over both and the filler. */
export interface Probe {
  readonly writer: number;
  readonly n: number;
  readonly key: string;
  /** Bytes after the head. */
  readonly filler: number;
}

export interface ReadProbe {
  readonly writer: number;
  readonly n: number;
  readonly intact: boolean;
}

const HEAD_BYTES = 16;

/** A codec by hand, so that the suite needs no schema of anybody's. */
export function probeCodec(typeName: string, lane: Lane): Codec<ReadProbe, Probe, ReadProbe> {
  const facts = {
    lane,
    key: (init: Probe) => init.key,
    keyField: "key",
    coalesce: false,
    retention: { kind: "forever" },
    audience: "none",
    regionField: undefined,
    listedField: undefined,
    says: "",
    serverOnly: [],
    entityFields: [],
    personalFields: [],
  } as const;
  const decode = (bytes: Uint8Array, start = 0, end = bytes.length): ReadProbe =>
    readProbe(bytes.subarray(start, end));
  return {
    typeName,
    schema: undefined as never,
    event: facts,
    encode(init, out) {
      const bytes = probeBytes(init);
      const need = out.pos + bytes.length;
      if (need > out.bytes.length) {
        const grown = new Uint8Array(Math.max(need, out.bytes.length * 2));
        grown.set(out.bytes);
        out.bytes = grown;
        out.view = new DataView(grown.buffer);
      }
      out.bytes.set(bytes, out.pos);
      out.pos = need;
    },
    decode,
    view: decode,
    reset: (_view, bytes, start, end) => decode(bytes, start, end),
  };
}

/** Bytes of a probe: u32 writer, f64 n, u32 crc over the rest, filler that depends on both. */
export function probeBytes({ writer, n, filler }: Probe): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES + filler);
  bytes.writeUInt32LE(writer, 0);
  bytes.writeDoubleLE(n, 4);
  for (let i = HEAD_BYTES; i < bytes.length; i++) bytes[i] = (writer * 31 + n * 7 + i) & 0xff;
  bytes.writeUInt32LE(crc32(bytes.subarray(HEAD_BYTES), crc32(bytes.subarray(0, 12))), 12);
  return bytes;
}

export function readProbe(payload: Uint8Array): ReadProbe {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.length < HEAD_BYTES) return { writer: -1, n: -1, intact: false };
  const sum = crc32(bytes.subarray(HEAD_BYTES), crc32(bytes.subarray(0, 12)));
  return { writer: bytes.readUInt32LE(0), n: bytes.readDoubleLE(4), intact: sum === bytes.readUInt32LE(12) };
}
