// Reads a journal back and holds it against its checksums and its index, before and after a byte on disk is changed.
//   node bench/event-bus/verify.ts [--events 300000] [--json]
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { type DamagedFrame, JournalService, WorldService } from "@orrery/schema/bus/v1";
import type { Host } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { FINGERPRINT } from "../bus/events.ts";
import { ADMIN, withEventBus } from "./host.ts";
import { until } from "./until.ts";

const { values } = parseArgs({
  options: { events: { type: "string", default: "300000" }, json: { type: "boolean", default: false } },
});
const WORLD = "verified";
const EVENTS = Number(values.events);
const PER_FRAME = 500;
const PAYLOAD = 100;
/** From a frame's end: behind the checksum's four bytes comes the last of a payload. */
const FROM_END = 5;
const WAIT_MS = 120_000;

async function write(host: Host): Promise<void> {
  for (let first = 1; first <= EVENTS; first += PER_FRAME) {
    const writer = createFrameWriter({
      source: "bench",
      world: WORLD,
      publisher: "bench-verify",
      lane: "standard",
      fingerprint: FINGERPRINT,
      contentType: "protobuf",
      firstSequence: first,
    });
    for (let sequence = first; sequence < first + PER_FRAME; sequence++) {
      const payload = Buffer.alloc(PAYLOAD);
      payload.writeDoubleLE(sequence);
      writer.appendRaw("bench.v1.Counted", payload, { key: `key-${sequence % 50}`, timeMs: Date.now() });
    }
    await host.surroundings.bus.send(writer.finish());
  }
  const journal = host.directory.client(JournalService, ADMIN);
  const newest = async () => (await journal.query({ worldId: WORLD, pageSize: 1 })).newest;
  await until("every event in the journal", async () => (await newest()) >= EVENTS, WAIT_MS);
}

async function verify(host: Host) {
  const damaged: DamagedFrame[] = [];
  let [events, sha256] = [0, ""];
  const began = performance.now();
  for await (const told of host.directory.client(WorldService, ADMIN).verify({ worldId: WORLD })) {
    damaged.push(...told.damaged);
    ({ events, sha256 } = told);
  }
  return { damaged, events, sha256, seconds: (performance.now() - began) / 1_000 };
}

/** Changes a byte in the midst of the journal. @returns the first ordinal of the frame that it is of */
function damage(data: string): number {
  const db = new DatabaseSync(join(data, "event-bus", "store.db"), { readOnly: true });
  const row = db
    .prepare("SELECT * FROM frame WHERE world = (SELECT id FROM name WHERE text = ?) AND last > ? LIMIT 1")
    .get(WORLD, Math.floor(EVENTS / 2));
  db.close();
  const name = `${String(row?.["segment"]).padStart(8, "0")}.frames`;
  const file = openSync(join(data, "event-bus", "journal", name), "r+");
  const at = Number(row?.["place"]) + Number(row?.["bytes"]) - FROM_END;
  const byte = new Uint8Array(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, new Uint8Array([(byte[0] ?? 0) ^ 0xff]), 0, 1, at);
  closeSync(file);
  return Number(row?.["first"]);
}

const report = await withEventBus(async (host, data) => {
  await write(host);
  const before = await verify(host);
  const again = await verify(host);
  const first = damage(data);
  const after = await verify(host);
  return {
    events: before.events,
    perSecond: before.events / before.seconds,
    damagesBefore: before.damaged.length,
    sameDigest: Number(before.sha256 === again.sha256 && before.sha256 !== after.sha256),
    damagesAfter: after.damaged.length,
    named: after.damaged.filter((one) => one.first === first).length,
  };
});
console.log(values.json ? JSON.stringify(report) : report);
