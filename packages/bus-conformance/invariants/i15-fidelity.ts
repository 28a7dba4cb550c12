import { rawFrame, type RawEvent } from "../frames.ts";
import type { Scene } from "../scene.ts";
import { demand } from "../verdict.ts";
import type { Invariant } from "./invariant.ts";

const ID = "conformance/fidelity";
const CASES = 4_000;
const PER_FRAME = 100;
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);
const INT64_EDGES = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 2n ** 64n - 1n];

type Make = (random: () => number) => Uint8Array;

const any: Make = (random) =>
  Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256));

/** A protobuf field: its number and wire type, then its bytes. */
const field = (number: number, wireType: number, ...content: Uint8Array[]): Uint8Array =>
  Buffer.concat([varint(BigInt(number * 8 + wireType)), ...content]);

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    const low = Number(rest & 127n);
    if (rest < 128n) return Uint8Array.from([...bytes, low]);
    bytes.push(low | 128);
  }
}

function double(bits: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, bits));
  return bytes;
}

const text = (content: string) => Buffer.from(content, "utf8");
const pick = <T>(from: readonly T[], random: () => number): T =>
  from[Math.floor(random() * from.length)] as T;

/** What some way or other has broken on its way before. */
const PROTOBUF: Readonly<Record<string, Make>> = {
  "any bytes": any,
  "all 256 values": () => ALL_BYTES,
  "runs of NUL": (random) => new Uint8Array(1 + Math.floor(random() * 2_000)),
  "invalid UTF-8": (random) =>
    field(1, 2, Uint8Array.of(4), Uint8Array.of(0xc3, 0x28, 0xa0, Math.floor(random() * 256))),
  "int64 extremes": (random) => field(2, 0, varint(pick(INT64_EDGES, random))),
  "NaN with a payload": (random) =>
    field(3, 1, double(0x7ff8_0000_0000_0000n | BigInt(1 + Math.floor(random() * 2 ** 32)))),
  "minus zero": () => field(3, 1, double(1n << 63n)),
  "unknown fields": (random) =>
    Buffer.concat([
      field(1, 2, Uint8Array.of(1, 65)),
      field(1_000 + Math.floor(random() * 9e5), 0, varint(7n)),
    ]),
  "a future enum": (random) => field(4, 0, varint(BigInt(100 + Math.floor(random() * 2 ** 31)))),
  "frame magic": (random) => Buffer.concat([text("ORYF"), any(random)]),
};

const JSON_FORMS: Readonly<Record<string, Make>> = {
  "lone surrogates": (random) =>
    text(
      `{"name":"\\ud8${Math.floor(random() * 100 + 100)
        .toString(16)
        .padStart(2, "0")}x"}`,
    ),
  "minus zero as text": () => text('{"value":-0}'),
  "a number as text": (random) => text(`{"id":"${pick(INT64_EDGES, random)}"}`),
  NaN: () => text('{"value":"NaN"}'),
  "every plane": (random) =>
    text(
      JSON.stringify({
        name: String.fromCodePoint(0x1_0000 + Math.floor(random() * 0xf_0000)),
        nul: "\u0000",
      }),
    ),
  "its own layout": () => text('{ "b" : 1 ,\n\t"a" : [ ] }'),
};

const KEYS = [
  "",
  "plain",
  "npc:mira-01",
  "käse/ø",
  "日本",
  "a b\tc\n",
  "\u0000",
  "👩‍🚀",
  "x".repeat(200),
  "*.>",
  "<&\"'>",
];

/** Sends what `forms` make, and holds every byte of it against what arrives. */
async function carry(
  scene: Scene,
  contentType: "protobuf" | "json",
  forms: Readonly<Record<string, Make>>,
  cases: number,
): Promise<void> {
  const { clock, random } = scene;
  const names = Object.keys(forms);
  const wanted = new Map<number, RawEvent & { readonly form: string }>();
  const wrong: string[] = [];
  const id = `${ID}-${contentType}`;
  const bus = await scene.bus();
  await bus.subscribe({
    id,
    types: ["conformance.v1.Sampled"],
    order: "none",
    handle({ publisher, sequence, payload, key, timeMs, contentType: came }) {
      if (publisher !== id) return;
      const sent = wanted.get(sequence);
      if (sent === undefined) return;
      wanted.delete(sequence);
      const differs = [
        ["payload", Buffer.compare(payload, sent.payload) !== 0],
        ["key", key !== sent.key],
        ["time", timeMs !== sent.timeMs],
        ["content type", came !== contentType],
      ].flatMap(([what, isSo]) => (isSo ? [what] : []));
      if (differs.length > 0)
        wrong.push(
          `${differs.join(", ")} of ${sent.form}, case ${sequence}, key ${JSON.stringify(sent.key)}`,
        );
    },
  }).ready;
  for (let first = 1; first <= cases; first += PER_FRAME) {
    const events = Array.from({ length: Math.min(PER_FRAME, cases - first + 1) }, (_, i) => {
      const form = names[(first + i) % names.length] as string;
      // Fractions of a millisecond are kept too.
      const timeMs = Math.floor(clock.now()) + random();
      const event = { form, payload: (forms[form] as Make)(random), key: pick(KEYS, random), timeMs };
      wanted.set(first + i, event);
      return event;
    });
    const compression = first % (PER_FRAME * 2) === 1 ? "none" : "zstd";
    await bus.send(rawFrame({ publisher: id, firstSequence: first, contentType, compression, events }));
  }
  await scene.until(`every ${contentType} case has arrived`, () => wanted.size === 0 || wrong.length > 0);
  demand(wrong.length === 0, `changed on the way: ${wrong[0]}`);
}

export const fidelity: Invariant = {
  id: "I15",
  title: "every byte, key, time and content type arrives as it was sent",
  async run(scene) {
    const cases = Math.max(200, scene.load(CASES));
    await carry(scene, "protobuf", PROTOBUF, Math.ceil(cases * 0.7));
    await carry(scene, "json", JSON_FORMS, Math.floor(cases * 0.3));
    return { cases };
  },
};
