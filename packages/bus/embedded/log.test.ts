import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { frameHead } from "../head.ts";
import { sampleFrame } from "../testing/sample.ts";
import { type Disk, realDisk } from "./disk.ts";
import { seededNumbers } from "../memory/faults.ts";
import { type LaneLog, openLaneLog } from "./lane-log.ts";
import type { Damage } from "./log-record.ts";
import { createReader } from "./reader.ts";
import { RECORD_HEADER_BYTES, recordHeader } from "./record.ts";
import { listSegments, segmentPath } from "./segments.ts";

const LONGEST = 1 << 20;
let dir: string;
let damages: Damage[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "orrery-log-"));
  damages = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function openLog(
  given: { disk?: Disk; segmentBytes?: number; recentBytes?: number; alone?: boolean } = {},
): LaneLog {
  return openLaneLog({
    dir,
    disk: given.disk ?? realDisk,
    segmentBytes: given.segmentBytes ?? 1 << 26,
    recentBytes: given.recentBytes ?? 0,
    alone: given.alone ?? false,
    longestFrame: LONGEST,
    damaged: (damage) => damages.push(damage),
    grown: () => {},
  });
}

function frameOf(n: number, size = 40): Uint8Array {
  return sampleFrame("p", n, ["x".repeat(size)]);
}

async function put(log: LaneLog, ...frames: Uint8Array[]): Promise<void> {
  await log.append(frames, frames.map(frameHead));
}

/** First sequences of what a reader of another process finds. */
async function readBack(from = 0): Promise<number[]> {
  const partition = { name: "0/realtime", dir, own: undefined };
  const reader = createReader(partition, from, LONGEST, (damage) => damages.push(damage));
  const found: number[] = [];
  for (;;) {
    for (let record = reader.peek(); record !== undefined; record = reader.peek()) {
      found.push(record.head.firstSequence);
      reader.shift();
    }
    if (!(await reader.fill())) break;
  }
  await reader.close();
  return found;
}

/** Flips a bit `back` bytes before the end of the newest segment. */
function flip(back: number): void {
  const path = listSegments(dir).at(-1)?.path as string;
  const bytes = readFileSync(path);
  const at = bytes.length - back;
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
}

test("what is acknowledged is read back, over many segments, and goes on after reopening", async () => {
  let log = openLog({ segmentBytes: 2_000 });
  for (let n = 1; n <= 50; n++) await put(log, frameOf(n));
  await log.close();
  log = openLog({ segmentBytes: 2_000 });
  await put(log, frameOf(51), frameOf(52));
  expect(listSegments(dir).length).toBeGreaterThan(3);
  expect(await readBack()).toEqual(Array.from({ length: 52 }, (_, i) => i + 1));
  expect(damages).toEqual([]);
  await log.close();
});

test("damage inside a segment is told with its span and skipped to the next record", async () => {
  const log = openLog();
  for (let n = 1; n <= 5; n++) await put(log, frameOf(n));
  const size = log.end / 5;
  flip(size * 2 - 20);
  await put(log, frameOf(6));
  expect(await readBack()).toEqual([1, 2, 3, 5, 6]);
  expect(damages).toMatchObject([{ from: size * 3, to: size * 4, torn: false }]);
  await log.close();
});

test("a damaged last record is no torn end while its log is written: a reader waits for what follows", async () => {
  const log = openLog();
  await put(log, frameOf(1), frameOf(2));
  flip(5);
  expect(await readBack()).toEqual([1]);
  expect(damages).toEqual([]);
  await put(log, frameOf(3));
  expect(await readBack()).toEqual([1, 3]);
  expect(damages).toHaveLength(1);
  await log.close();
});

test("reopening cuts a torn end but only tells of damage before whole records", async () => {
  let log = openLog();
  for (let n = 1; n <= 4; n++) await put(log, frameOf(n));
  const { end } = log;
  await log.close();
  flip(end / 2);
  const path = listSegments(dir)[0]?.path as string;
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from("half a record")]));
  log = openLog();
  // Somebody may have taken the torn end for the end: frames come behind it, or they would be passed over.
  expect(log.end).toBeGreaterThan(end);
  expect(damages.map((damage) => damage.torn)).toEqual([false, true]);
  await log.close();
});

test("a full disk: the publish is refused by code, nothing half written stays, and it resumes by itself", async () => {
  let room = 700;
  const full: Disk = {
    ...realDisk,
    async write(fd, buffers, position) {
      const bytes = Buffer.concat(buffers);
      if (room === 0) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
      const part = bytes.subarray(0, Math.min(room, bytes.length));
      room -= part.length;
      return realDisk.write(fd, [part], position);
    },
  };
  const log = openLog({ disk: full });
  await put(log, frameOf(1));
  const refused = await put(log, frameOf(2, 5_000)).catch((error) => error);
  expect(refused).toMatchObject({ code: "BUS_DISK_FULL", retryable: true });
  expect(readFileSync(listSegments(dir)[0]?.path as string).length).toBeLessThan(500);
  await expect(put(log, frameOf(3))).rejects.toThrow("BUS_DISK_FULL");
  room = Infinity;
  await put(log, frameOf(2, 5_000), frameOf(3));
  expect(await readBack()).toEqual([1, 2, 3]);
  expect(damages).toEqual([]);
  await log.close();
});

test("a failed data sync acknowledges nothing, and its positions are not used again", async () => {
  let failing = false;
  const disk: Disk = {
    ...realDisk,
    async sync(fd) {
      if (failing) throw Object.assign(new Error("EIO"), { code: "EIO" });
      await realDisk.sync(fd);
    },
  };
  const log = openLog({ disk });
  await put(log, frameOf(1));
  failing = true;
  const before = log.end;
  await expect(put(log, frameOf(2))).rejects.toThrow("BUS_WRITE_FAILED");
  expect(log.end).toBeGreaterThan(before);
  failing = false;
  await put(log, frameOf(2), frameOf(3));
  expect(await readBack()).toEqual([1, 2, 3]);
  await log.close();
});

test("frames queued while a sync runs share the next one", async () => {
  let syncs = 0;
  const disk: Disk = {
    ...realDisk,
    async sync(fd) {
      syncs++;
      await realDisk.sync(fd);
    },
  };
  const log = openLog({ disk });
  await Promise.all(Array.from({ length: 100 }, (_, n) => put(log, frameOf(n + 1))));
  expect(syncs).toBeLessThan(5);
  expect(await readBack()).toHaveLength(100);
  await log.close();
});

describe("room made ahead of the end", () => {
  const newest = () => statSync(segmentPath(dir, 0)).size;

  test("is cut off when the log is closed", async () => {
    const log = openLog({ alone: true });
    await put(log, frameOf(1), frameOf(2));
    await vi.waitUntil(() => newest() > log.end);
    const { end } = log;
    await log.close();
    expect(newest()).toBe(end);
  });

  test("is no damage when a process died before it could cut it off", async () => {
    const log = openLog({ alone: true });
    await put(log, frameOf(1), frameOf(2));
    await vi.waitUntil(() => newest() > log.end);
    const again = openLog({ alone: true });
    expect(again.end).toBe(log.end);
    expect(newest()).toBe(log.end);
    expect(damages).toEqual([]);
    await put(again, frameOf(3));
    expect(await readBack()).toEqual([1, 2, 3]);
    await again.close();
    await log.close();
  });

  test("does not hide a record that was torn within it", async () => {
    const log = openLog({ alone: true });
    await put(log, frameOf(1));
    await vi.waitUntil(() => newest() > log.end);
    const fd = openSync(segmentPath(dir, 0), "r+");
    const record = Buffer.alloc(RECORD_HEADER_BYTES);
    recordHeader(frameOf(2), record, 0);
    writeSync(fd, record, 0, record.length, log.end);
    closeSync(fd);
    expect(openLog({ alone: true }).end).toBeGreaterThan(log.end);
    expect(damages).toMatchObject([{ from: log.end, torn: true }]);
  });

  /** Zeros take as long as a test says. */
  function slowToZero(): { disk: Disk; free: () => void } {
    const held = Promise.withResolvers<void>();
    const write: Disk["write"] = async (fd, buffers, position) => {
      if (buffers.every((buffer) => buffer.every((byte) => byte === 0))) await held.promise;
      return realDisk.write(fd, buffers, position);
    };
    return { disk: { ...realDisk, write }, free: held.resolve };
  }

  test("is never made over what is written meanwhile: what was acknowledged stays", async () => {
    const { disk, free } = slowToZero();
    const log = openLog({ disk, alone: true });
    await put(log, frameOf(1));
    let written = false;
    const second = put(log, frameOf(2)).then(() => (written = true));
    // Whoever writes before the zeros are there is overwritten by them.
    await vi.waitUntil(() => written, { timeout: 300 }).catch(() => undefined);
    free();
    await second;
    await put(log, frameOf(3));
    await log.close();
    expect(await readBack()).toEqual([1, 2, 3]);
    expect(damages).toEqual([]);
  });

  test("is no end to a log that grows faster than room is made, however slow the disk is at either", async () => {
    const uniform = seededNumbers(3);
    const write: Disk["write"] = async (fd, buffers, position) => {
      for (let turns = Math.floor(uniform() * 12); turns > 0; turns--)
        await new Promise((resolve) => setImmediate(resolve));
      return realDisk.write(fd, buffers, position);
    };
    const log = openLog({ disk: { ...realDisk, write }, alone: true, segmentBytes: 1 << 21 });
    const sequences = Array.from({ length: 240 }, (_, i) => i + 1);
    for (const sequence of sequences) {
      const putting = put(log, frameOf(sequence, Math.floor(uniform() * 60_000)));
      if (uniform() < 0.7) await putting;
    }
    await log.close();
    expect(await readBack()).toEqual(sequences);
    expect(damages).toEqual([]);
  });
});
