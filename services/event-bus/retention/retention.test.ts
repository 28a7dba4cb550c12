import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport, seededNumbers, type VirtualClock, virtualClock } from "@orrery/bus";
import { JournalService, WorldService } from "@orrery/schema/bus/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter, type Lane, openFrame } from "@orrery/wire";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import eventBus from "../service.ts";
import { type Expiry, fateOf } from "./expired.ts";
import { rulesFrom } from "./rules.ts";

const WORLD = "w";
const DAY_MS = 86_400_000;
const PER_FRAME = 400;
const PAYLOAD = 500;

let clock: VirtualClock;
let host: Host;
let folder: string;
let store: string;
const next = new Map<string, number>();

const admin = { role: "admin" as const, id: "ada", scopes: [] };
const journal = () => host.directory.client(JournalService, admin);
const worlds = () => host.directory.client(WorldService, admin);

async function start(more: Record<string, string> = {}): Promise<void> {
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport({ clock }),
    outsideTypes: ["*"],
    storeUrl: () => store,
    dataFolder: folder,
    env: { EVENT_BUS_JOURNAL_SEGMENT_MIB: "1", ...more },
    log: createLogger("silent"),
    clock,
  });
}

const FOLLOWS_MS = 20_000;

/** Bytes that no packing makes smaller, the same for the same number. */
function noise(seed: number): Buffer {
  const uniform = seededNumbers(seed);
  return Buffer.from(Array.from({ length: PAYLOAD }, () => Math.floor(uniform() * 256)));
}

/** Whatever a promise waits for happens in virtual time. */
async function through<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  void promise.then(
    () => (done = true),
    () => (done = true),
  );
  while (!done) await clock.advance(50);
  return promise;
}

async function publish(lane: Lane, frames: number, ageDays: number): Promise<void> {
  const publisher = `p-${lane}`;
  for (let n = 0; n < frames; n++) {
    const firstSequence = next.get(publisher) ?? 1;
    next.set(publisher, firstSequence + PER_FRAME);
    const writer = createFrameWriter(
      {
        source: "test",
        world: WORLD,
        publisher,
        lane,
        fingerprint: "0000000000000000",
        firstSequence,
      },
      { maxBytes: 262_144 },
    );
    for (let i = 0; i < PER_FRAME; i++) {
      const payload = noise(firstSequence + i);
      writer.appendRaw("test.v1.Said", payload, { key: `k${i % 9}`, timeMs: clock.now() - ageDays * DAY_MS });
    }
    await through(host.surroundings.bus.send(writer.finish()));
  }
  const wanted = [...next.values()].reduce((sum, sequence) => sum + sequence - 1, 0);
  // Its files are real ones: on a busy disk they take what virtual time does not tell.
  for (const untilMs = performance.now() + FOLLOWS_MS; ; ) {
    if ((await through(journal().query({ worldId: WORLD, pageSize: 1 }))).newest === wanted) return;
    if (performance.now() > untilMs) throw new Error("the journal does not follow");
    await clock.advance(50);
  }
}

const get = async (publisher: string, sequence: number) =>
  (await through(journal().get({ worldId: WORLD, which: { case: "id", value: { publisher, sequence } } })))
    .event;
const files = () => readdirSync(join(folder, "event-bus", "journal")).sort();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-retention-"));
  store = join(folder, "store.db");
  clock = virtualClock({ startMs: 1_800_000_000_000 });
  next.clear();
  await start();
});
afterEach(async () => {
  await through(host.stop());
  rmSync(folder, { recursive: true });
});

describe("retention", () => {
  it("takes out what is too old for its lane, packs the rest, and gives every kept byte back", async () => {
    await publish("bulk", 6, 40);
    await publish("standard", 6, 400);
    await publish("bulk", 6, 3);
    const before = (await get("p-standard", 7))?.payload;

    const dry = await through(worlds().prune({}));
    expect(dry).toMatchObject({ dryRun: true, frames: 6, events: 6 * PER_FRAME });
    expect(dry.bytesAfter).toBe(dry.bytesBefore);
    expect((await get("p-bulk", 1))?.type).toBe("test.v1.Said");

    const done = await through(worlds().prune({ dryRun: false }));
    expect(done).toMatchObject({ dryRun: false, frames: 6 });
    expect(done.bytesAfter).toBeLessThan(done.bytesBefore * 0.75);
    expect(files().filter((name) => name.endsWith(".frames"))).toHaveLength(1);
    await expect(get("p-bulk", 1)).rejects.toThrow(/BUS_PRUNED/);
    expect((await get("p-standard", 7))?.payload).toEqual(before);
    expect((await get("p-bulk", 6 * PER_FRAME + 1))?.key).toBe("k0");
    const { worlds: stats } = await through(journal().stats({ worldId: WORLD }));
    expect(stats[0]).toMatchObject({ events: 12 * PER_FRAME, oldestOrdinal: 6 * PER_FRAME + 1 });
  });

  it("leaves a pinned stretch, until the pin is taken away", async () => {
    await publish("bulk", 12, 40);
    await publish("bulk", 6, 0);
    const { pin } = await through(worlds().pin({ worldId: WORLD, from: 1, to: 10, note: "the trial" }));
    expect((await through(worlds().prune({ dryRun: false }))).frames).toBeGreaterThan(3);
    expect((await get("p-bulk", 10))?.ordinal).toBe(10);
    await through(worlds().unpin({ pinId: pin?.pinId ?? "" }));
    expect((await through(worlds().listPins({}))).pins).toEqual([]);
    await through(worlds().prune({ dryRun: false }));
    await expect(get("p-bulk", 10)).rejects.toThrow(/BUS_PRUNED/);
    await expect(through(worlds().pin({ worldId: WORLD, from: 5, to: 1e9 }))).rejects.toThrow(
      /RPC_FIELD_INVALID/,
    );
  });

  it("opens again what it packed, and drops what a crash left behind", async () => {
    await publish("standard", 12, 0);
    const before = (await get("p-standard", 1))?.payload;
    await through(worlds().prune({ dryRun: false }));
    const packed = files();
    await through(host.stop());
    const at = (name: string) => join(folder, "event-bus", "journal", name);
    cpSync(at("00000001.packed"), at("00000099.packed"));
    await start();
    expect(files()).toEqual(packed);
    expect((await get("p-standard", 1))?.payload).toEqual(before);
  });

  it("makes intake wait when nothing may go, lets what may go go early, and goes on by itself", async () => {
    await through(host.stop());
    await start({ EVENT_BUS_JOURNAL_BUDGET_GIB: "0.004" });
    const looks = async () => {
      for (let passed = 0; passed < 61_000; passed += 500) await clock.advance(500);
    };
    const health = () => JSON.stringify(host.running().map((service) => service.health.report()));
    await publish("bulk", 21, 1);
    const newest = 21 * PER_FRAME;
    const { pin } = await through(worlds().pin({ worldId: WORLD, from: 1, to: newest, note: "all" }));
    await looks();
    // Packing runs on threads of its own, in real time.
    await vi.waitUntil(() => /of its budget, and nothing more may go/.test(health()), { timeout: 5_000 });
    await expect(publish("standard", 1, 0)).rejects.toThrow(/does not follow/);

    await through(worlds().unpin({ pinId: pin?.pinId ?? "" }));
    await looks();
    await vi.waitUntil(() => !/budget"?,"kind":"[a-z]+","problem/.test(health()), { timeout: 5_000 });
    const ordinal = async () => {
      await clock.advance(1_000);
      return (await get("p-standard", 1).catch(() => undefined))?.ordinal;
    };
    await vi.waitUntil(async () => (await ordinal()) === newest + 1, { timeout: 10_000 });
    await expect(get("p-bulk", 1)).rejects.toThrow(/BUS_PRUNED/);
  });
});

describe("an expired frame", () => {
  const frame = (lane: Lane, ageDays: number) => {
    const writer = createFrameWriter({
      source: "t",
      world: "w",
      publisher: "p",
      lane,
      fingerprint: "0000000000000000",
      firstSequence: 1,
    });
    writer.appendRaw("test.v1.Said", new Uint8Array(), { timeMs: 1e12 - ageDays * DAY_MS });
    writer.appendRaw("test.v1.Said", new Uint8Array(), { timeMs: 1e12 });
    return openFrame(writer.finish());
  };
  const rules = rulesFrom(new Map());
  const expiry = { rules, nowMs: 1e12, nowGs: undefined, early: false, superseded: () => false };
  const fate = (of: ReturnType<typeof frame>, skip: number, more: Partial<Expiry> = {}) =>
    fateOf(of, { skip, to_gs: null }, { ...expiry, ...more });

  it("is one whose every event is too old", () => {
    expect(fate(frame("bulk", 31), 0)).toBe("yet");
    expect(fate(frame("bulk", 31), 0, { nowMs: 1e12 + 30 * DAY_MS })).toBe("gone");
    expect(fate(frame("realtime", 8), 1, { nowMs: 1e12 + 7 * DAY_MS })).toBe("gone");
    expect(fate(frame("standard", 900), 0, { nowMs: 1e13 })).toBe("forever");
    expect(fate(frame("bulk", 0), 0, { early: true })).toBe("gone");
  });
});
