import { createMemoryTransport } from "@orrery/bus";
import { ExportFormat, JournalService } from "@orrery/schema/bus/v1";
import { fingerprint } from "@orrery/schema/registry";
import { HourChanged } from "@orrery/schema/time/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter, fromCloudEvent, openFrame } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import eventBus from "./service.ts";

const WORLD = "w";
const EVENTS = 2_500;
let host: Host;
const journal = () => host.directory.client(JournalService, { role: "admin", id: "ada", scopes: [] });

async function publish(publisher: string, first: number, count: number): Promise<void> {
  const writer = createFrameWriter({
    source: "time-manager",
    world: WORLD,
    publisher,
    lane: "standard",
    fingerprint,
    firstSequence: first,
  });
  for (let n = first; n < first + count; n++)
    writer.append(HourChanged, { atGs: n * 3_600, prevHour: n % 24 }, { timeMs: 1_000 + n });
  await host.surroundings.bus.send(writer.finish());
}
const newest = async () => (await journal().query({ worldId: WORLD, pageSize: 1 })).newest;

beforeEach(async () => {
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: () => ":memory:",
    env: {},
    log: createLogger("silent"),
  });
  for (let first = 1; first <= EVENTS; first += 500) await publish("as", first, 500);
  await publish("bs", 1, 3);
  await vi.waitUntil(async () => (await newest()) === EVENTS + 3, { timeout: 5_000 });
});
afterEach(() => host.stop());

async function exported(request: object): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const { piece } of journal().export({ worldId: WORLD, ...request })) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe("an export", () => {
  it("gives every event as a line of CloudEvents that reads back", async () => {
    const text = (await exported({ format: ExportFormat.CLOUD_EVENTS })).toString();
    const events = text
      .trim()
      .split("\n")
      .map((line) => fromCloudEvent(JSON.parse(line), HourChanged));
    expect(events).toHaveLength(EVENTS + 3);
    expect(events[6]).toMatchObject({ id: { publisher: "as", sequence: 7 }, message: { atGs: 7 * 3_600 } });
  });

  it("gives frames that anybody can open, bytes of the payloads as published", async () => {
    const bytes = await exported({ format: ExportFormat.FRAMES, from: 100, to: 2_502 });
    const read: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at);
      const frame = openFrame(bytes.subarray(at + 4, at + 4 + length));
      for (const event of frame.events()) {
        read.push(`${frame.publisher}/${event.sequence}`);
        expect(event.decode(HourChanged).atGs).toBe(event.sequence * 3_600);
      }
      at += 4 + length;
    }
    expect(read).toHaveLength(2_403);
    expect([read[0], read.at(-1)]).toEqual(["as/100", "bs/2"]);
  });
});

describe("an event said by hand", () => {
  it("goes where every other goes, and is checked against its type", async () => {
    const said = (type: string, json: string) => journal().publish({ worldId: WORLD, type, json });
    const { id } = await said(HourChanged.typeName, '{"atGs": 36000, "prevHour": 9}');
    await vi.waitUntil(async () => (await newest()) === EVENTS + 4, { timeout: 5_000 });
    const { event } = await journal().get({ worldId: WORLD, which: { case: "id", value: id ?? {} } });
    expect(event).toMatchObject({ service: "operator", type: HourChanged.typeName, atGs: 36_000 });
    await expect(said("no.v1.Such", "{}")).rejects.toThrow(/BUS_SCHEMA_UNKNOWN/);
    await expect(said(HourChanged.typeName, '{"atGs": "noon"}')).rejects.toThrow(
      /RPC_FIELD_INVALID.*at_gs|atGs/,
    );
    await expect(said(HourChanged.typeName, "{")).rejects.toThrow(/RPC_FIELD_INVALID/);
  });
});
