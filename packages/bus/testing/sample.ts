import { type Codec, createFrameWriter, type Lane } from "@orrery/wire";

/** A small event for tests: a key and a text. */
export interface Sample {
  readonly key: string;
  readonly text: string;
}

/** A codec written by hand, so that these tests lean on no schema. */
export function sampleCodec(
  typeName = "sample.v1.Sampled",
  lane: Lane = "realtime",
): Codec<string, Sample, string> {
  const decode = (bytes: Uint8Array, start = 0, end = bytes.length) =>
    new TextDecoder().decode(bytes.subarray(start, end));
  return {
    typeName,
    schema: undefined as never,
    event: {
      lane,
      key: (init) => init.key,
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
    },
    encode(init, out) {
      const bytes = new TextEncoder().encode(init.text);
      const need = out.pos + bytes.length;
      if (need > out.bytes.length) {
        const grown = new Uint8Array(need * 2);
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

export const SAMPLED = sampleCodec();
export const FINGERPRINT = "5a3b1e0000000000";
export const SOURCE = "tester";
export const WORLD = "testland";

/** A finished frame with these texts, sequences from `first`. */
export function sampleFrame(
  publisher: string,
  first: number,
  texts: readonly string[],
  key = "k",
): Uint8Array {
  const head = {
    publisher,
    source: SOURCE,
    world: WORLD,
    lane: "realtime",
    fingerprint: FINGERPRINT,
  } as const;
  const writer = createFrameWriter({ ...head, firstSequence: first }, { maxBytes: 1 << 20 });
  for (const text of texts) writer.append(SAMPLED, { key, text }, { key, timeMs: 1_700_000_000_000 + first });
  return writer.finish();
}

export const TOPIC = { topics: [{ service: SOURCE, lane: "realtime" }], subscriptions: [] } as const;
