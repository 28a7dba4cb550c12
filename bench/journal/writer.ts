// Publishes frames at a steady rate and keeps the ledger of them: what an event-bus must have afterwards.
//   node bench/journal/writer.ts <data folder> <events/s> <events a frame> [payload bytes]
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createBus, openEmbeddedTransport } from "@orrery/bus";
import { createFrameWriter } from "@orrery/wire";
import { FINGERPRINT } from "../bus/events.ts";
import type { Kept } from "./ledger.ts";

const [data = "", rate = "20000", frameEvents = "200", payloadBytes = "100"] = process.argv.slice(2);
const perFrame = Number(frameEvents);
const msAFrame = (1_000 * perFrame) / Number(rate);
const bus = createBus({ transport: openEmbeddedTransport({ dir: join(data, "bus") }) });
const publisher = `ledger-${process.pid}s`;
const ledger: Kept[] = [];
let sequence = 1;
let stopping = false;
process.on("message", () => (stopping = true));
process.on("disconnect", () => process.exit(0));

function nextFrame(): Uint8Array {
  const writer = createFrameWriter({
    source: "bench",
    world: "ledger",
    publisher,
    lane: "standard",
    fingerprint: FINGERPRINT,
    contentType: "protobuf",
    firstSequence: sequence,
  });
  for (let i = 0; i < perFrame; i++) {
    const payload = Buffer.alloc(Number(payloadBytes));
    payload.writeDoubleLE(sequence + i);
    const own = sequence + i;
    // Every 10,000th is a rare one; every 100th follows from the one 100 before, in chains of 50.
    const rare = own % 10_000 === 0;
    const linked = own % 100 === 0 && own % 5_000 !== 0;
    writer.appendRaw(rare ? "bench.v1.Rare" : "bench.v1.Counted", payload, {
      key: rare ? `rare-${own}` : `key-${i % 50}`,
      timeMs: Date.now(),
      ...(linked && { cause: { publisher, sequence: own - 100 } }),
    });
  }
  sequence += perFrame;
  return writer.finish();
}

const began = performance.now();
process.send?.("begun");
while (!stopping) {
  const madeMs = Date.now();
  const due = Math.floor((performance.now() - began) / msAFrame) - ledger.length;
  const frames = Array.from({ length: Math.min(due, 200) }, nextFrame);
  if (frames.length > 0) await bus.send(...frames);
  for (const frame of frames)
    ledger.push({
      publisher,
      first: sequence - (frames.length - frames.indexOf(frame)) * perFrame,
      count: perFrame,
      atMs: madeMs,
      sha256: createHash("sha256").update(frame).digest("hex"),
    });
  await setTimeout(5);
}
await bus.close();
process.send?.({ ledger, seconds: (performance.now() - began) / 1_000 }, () => process.disconnect());
