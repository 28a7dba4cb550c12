import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryTransport } from "@orrery/bus";
import { JournalService } from "@orrery/schema/bus/v1";
import { createLogger, type Host, startHost } from "@orrery/service";
import { createFrameWriter } from "@orrery/wire";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import eventBus from "../service.ts";

const WORLD = "vale";
let folder: string;
let host: Host | undefined;

async function start(): Promise<Host> {
  host = await startHost({
    services: [eventBus],
    transport: createMemoryTransport(),
    outsideTypes: ["*"],
    storeUrl: (id) => join(folder, id, "store.db"),
    dataFolder: folder,
    env: {},
    log: createLogger("silent"),
  });
  return host;
}

async function stop(): Promise<void> {
  await host?.stop();
  host = undefined;
}

/** Frames of three events each, one behind the other, with the bytes of a frame's beginning inside of one. */
async function publish(first: number, frames: number, newest = first - 1 + frames * 3): Promise<void> {
  for (let at = 0; at < frames; at++) {
    const writer = createFrameWriter({
      source: "test",
      world: WORLD,
      publisher: "p",
      lane: "standard",
      fingerprint: "0000000000000000",
      firstSequence: first + at * 3,
    });
    for (let i = 0; i < 3; i++)
      writer.appendRaw("test.v1.Said", Buffer.from(`ORYF ${i}`), { key: "k", timeMs: 1 });
    await host?.surroundings.bus.send(writer.finish());
  }
  const last = async () => (await client().stats({ worldId: WORLD })).worlds[0]?.newestOrdinal;
  await vi.waitUntil(async () => (await last()) === newest, { timeout: 5_000 });
}

const client = () => host!.directory.client(JournalService, { role: "admin", id: "ada", scopes: [] });
async function stored(): Promise<string[]> {
  const { events } = await client().query({ worldId: WORLD, pageSize: 1_000 });
  return events.map(({ ordinal, id }) => `${ordinal}:${id?.sequence}`);
}

const database = () => join(folder, "event-bus", "store.db");
const backup = () => join(folder, "backup.db");
const files = () => readdirSync(join(folder, "event-bus", "journal"));

function takeDatabase(): void {
  for (const end of ["-wal", "-shm", ""]) rmSync(`${database()}${end}`, { force: true });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-adopt-"));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

it("another database for the folder is refused, and no file is touched by it", async () => {
  await start();
  await publish(1, 4);
  const before = await stored();
  await stop();
  renameSync(database(), backup());
  takeDatabase();
  await expect(start()).rejects.toThrow(/STORE_OTHER/);
  takeDatabase();
  renameSync(backup(), database());
  await start();
  expect(await stored()).toEqual(before);
});

it("an index that was lost is made again from the files, in the order in which they were written", async () => {
  await start();
  await publish(1, 7);
  const before = await stored();
  await stop();
  takeDatabase();
  rmSync(join(folder, "event-bus", "store.json"));
  await start();
  expect(await stored()).toEqual(before);
  await publish(22, 1);
  await stop();
  await start();
  expect(await stored()).toHaveLength(24);
});

it("an index older than the files takes up what it lacks; bytes that are no frame stay where they are", async () => {
  await start();
  await publish(1, 2);
  await stop();
  copyFileSync(database(), backup());
  await start();
  await publish(7, 3);
  const before = await stored();
  await stop();
  takeDatabase();
  renameSync(backup(), database());
  const [file = ""] = files();
  truncateSync(join(folder, "event-bus", "journal", file), 10_000);
  await start();
  expect(await stored()).toEqual(before);
  expect(files()).toContain(file);
});

it("a database whose files are elsewhere is refused; one whose last file was cut says so and goes on", async () => {
  await start();
  await publish(1, 3);
  await stop();
  const journal = join(folder, "event-bus", "journal");
  renameSync(journal, join(folder, "elsewhere"));
  await expect(start()).rejects.toThrow(/BUS_JOURNAL_ELSEWHERE/);
  rmSync(journal, { recursive: true, force: true });
  renameSync(join(folder, "elsewhere"), journal);
  truncateSync(join(journal, files()[0] as string), 10);
  await start();
  const { checks } = host!.running()[0]!.health.report();
  expect(checks.find(({ name }) => name === "files")?.problem).toMatch(
    /1 files of the journal are missing or shorter/,
  );
  await publish(10, 1);
});
