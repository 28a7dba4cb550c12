import { atLeast, atMost, type Claim } from "../claim.ts";
import { benchJson, runProgram } from "../program.ts";

interface CodecBench {
  readonly results: readonly {
    readonly name: string;
    readonly ns: Readonly<Record<string, number>>;
    readonly timesJson: Readonly<Record<string, number>>;
  }[];
  readonly frameSize: { readonly jsonBytes: number; readonly frameBytes: number; readonly zstdBytes: number };
}

const bench = () => benchJson<CodecBench>("bench/codec/run.ts");
const measured = "median of interleaved rounds on the world's event mix, one run (bench/codec)";
/** Readers and writers of other formats and libraries. */
const OURS = ["orrery", "orrery, own bytes"];

async function timesJson(operation: string): Promise<number> {
  const { results } = await bench();
  return results.find(({ name }) => name === "orrery")?.timesJson[operation] ?? 0;
}

export const claims: readonly Claim[] = [
  ...(
    [
      ["encode", "Encoding an event takes a fraction of JSON.stringify and its UTF-8 bytes", 8],
      ["view", "Reading an event's routing fields takes a fraction of JSON.parse", 25],
      ["decode", "Decoding an event whole takes a fraction of JSON.parse", 4],
    ] as const
  ).map(
    ([operation, sentence, least]): Claim => ({
      id: `codec.${operation}`,
      sentence,
      measured,
      threshold: `at least ${least}x`,
      async run() {
        const times = await timesJson(operation);
        return atLeast(times, least, `${times.toFixed(1)}x JSON`);
      },
    }),
  ),
  {
    id: "codec.fastest",
    sentence: "It is faster than protobuf-es, protobufjs, ts-proto, pbf and msgpackr, both ways",
    measured,
    threshold: "above 1x the fastest of them, encode and decode",
    async run() {
      const { results } = await bench();
      const own = results.find(({ name }) => name === "orrery");
      const lead = (operation: string) =>
        Math.min(
          ...results
            .filter(({ name, ns }) => !OURS.includes(name) && ns[operation] !== undefined)
            .map(({ ns }) => (ns[operation] ?? 0) / (own?.ns[operation] ?? 1)),
        );
      const [encode, decode] = [lead("encode"), lead("decode")];
      return atLeast(
        Math.min(encode, decode),
        1,
        `encode ${encode.toFixed(1)}x, decode ${decode.toFixed(1)}x the next`,
      );
    },
  },
  {
    id: "frames.size",
    sentence: "An event in a full frame, everything counted, takes a quarter of its JSON form",
    measured: "20,000 events of the mix with their envelopes, in frames of 64 KiB (bench/codec)",
    threshold: "at most 1/4",
    async run() {
      const { jsonBytes, frameBytes } = (await bench()).frameSize;
      return atMost(
        frameBytes / jsonBytes,
        1 / 4,
        `${frameBytes.toFixed(1)} of ${jsonBytes.toFixed(1)} B, 1/${(jsonBytes / frameBytes).toFixed(1)}`,
      );
    },
  },
  {
    id: "frames.size-zstd",
    sentence: "With zstd it takes a tenth",
    measured:
      "20,000 events of the mix with their envelopes, in frames of 64 KiB, zstd level 1 (bench/codec)",
    threshold: "at most 1/10",
    async run() {
      const { jsonBytes, zstdBytes } = (await bench()).frameSize;
      return atMost(
        zstdBytes / jsonBytes,
        1 / 10,
        `${zstdBytes.toFixed(1)} of ${jsonBytes.toFixed(1)} B, 1/${(jsonBytes / zstdBytes).toFixed(1)}`,
      );
    },
  },
  {
    id: "codec.hostile",
    sentence: "No hostile input crashes, hangs or grows the reader",
    measured: "mutated messages and frames (packages/wire/fuzz.ts); 10^5, with --full 10^6",
    threshold: "coded errors only",
    async run(full) {
      const { code, stdout, stderr } = await runProgram([
        "packages/wire/fuzz.ts",
        ...(full ? ["--million"] : []),
      ]);
      const last = `${stdout}${stderr}`.trim().split("\n").at(-1) ?? "";
      return { status: code === 0 ? "pass" : "fail", figure: last };
    },
  },
];
