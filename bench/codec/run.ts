// The codec against JSON and five libraries, on the world's event mix.
//   node bench/codec/run.ts [--json] [--quick]
import { cpus } from "node:os";
import { json } from "./competitors/json.ts";
import { msgpackr } from "./competitors/msgpackr.ts";
import { orrery, orreryOwnBytes } from "./competitors/orrery.ts";
import { pbf } from "./competitors/pbf.ts";
import { protobufEs } from "./competitors/protobuf-es.ts";
import { protobufJs } from "./competitors/protobufjs.ts";
import { tsProto } from "./competitors/ts-proto.ts";
import { frameSize } from "./frame-size.ts";
import { frameSpeed } from "./frame-speed.ts";
import { measure, OPERATIONS, sink } from "./measure.ts";
import { createMix } from "./mix.ts";

const EVENTS = 1000;
const quick = process.argv.includes("--quick");
const effort = quick ? { rounds: 9, roundMs: 8 } : { rounds: 25, roundMs: 20 };
const mix = createMix(EVENTS);
const competitors = await Promise.all(
  [orrery, orreryOwnBytes, json, protobufEs, protobufJs, tsProto, pbf, msgpackr].map((create) => create(mix)),
);
const figures = measure(competitors, EVENTS, effort);
const size = frameSize(createMix(20_000));
const speed = frameSpeed(mix, effort);
const baseline = figures.get("JSON")!;

const results = competitors.map(({ name, bytesPerEvent }) => {
  const ns = figures.get(name)!;
  const timesJson = Object.fromEntries(
    OPERATIONS.flatMap((operation) =>
      ns[operation] === undefined ? [] : [[operation, baseline[operation]! / ns[operation]]],
    ),
  );
  return { name, bytesPerEvent, ns, timesJson };
});

if (process.argv.includes("--json")) {
  const machine = { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, arch: process.arch };
  process.stdout.write(
    `${JSON.stringify({ machine, node: process.version, events: EVENTS, results, frameSize: size, frameSpeed: speed, sum: sink.sum })}\n`,
  );
} else {
  const cell = (value: number | undefined, digits = 0) =>
    (value === undefined ? "-" : value.toFixed(digits)).padStart(9);
  process.stdout.write(
    `${"".padEnd(20)}${"B/event".padStart(9)}   encode        x   decode        x     view        x   (ns an event, times JSON)\n`,
  );
  for (const { name, bytesPerEvent, ns, timesJson } of results) {
    const columns = OPERATIONS.map((operation) => cell(ns[operation]) + cell(timesJson[operation], 1));
    process.stdout.write(`${name.padEnd(20)}${cell(bytesPerEvent)}${columns.join("")}\n`);
  }
  const share = (bytes: number) => `${bytes.toFixed(1)} B, 1/${(size.jsonBytes / bytes).toFixed(1)}`;
  process.stdout.write(
    `\nan event with its envelope: JSON ${size.jsonBytes.toFixed(1)} B; in full frames ${share(size.frameBytes)}; with zstd ${share(size.zstdBytes)}\n`,
  );
  process.stdout.write(
    `frames, ns an event: write ${speed.write.toFixed(0)}, open ${speed.open.toFixed(0)}, walk ${speed.walk.toFixed(0)}, with views ${speed.walkViews.toFixed(0)}, decoded ${speed.walkDecode.toFixed(0)}\n`,
  );
}
