import { mkdirSync } from "node:fs";
import { OrreryError } from "@orrery/wire";
import { busErrors } from "../errors.ts";
import type { FrameHead } from "@orrery/wire";
import type { Disk } from "./disk.ts";
import { syncFolder, writeAll } from "./disk.ts";
import type { Damage, LogRecord } from "./log-record.ts";
import { createRecent, type Recent } from "./recent.ts";
import { RECORD_HEADER_BYTES, recordHeader } from "./record.ts";
import { recover } from "./recovery.ts";
import { makeRoom } from "./room.ts";
import { segmentPath } from "./segments.ts";

/** The append side of one partition (slot, lane): group commit, one data sync for all frames queued meanwhile. */
export interface LaneLog {
  /** Everything before this position is on disk. */
  readonly end: number;
  readonly recent: Recent;
  /** Resolves when the frames are on disk; rejects with `BUS_DISK_FULL` or `BUS_WRITE_FAILED`, nothing kept. */
  append(frames: readonly Uint8Array[], heads: readonly FrameHead[]): Promise<void>;
  close(): Promise<void>;
}

export interface LaneLogTerms {
  readonly dir: string;
  readonly disk: Disk;
  readonly segmentBytes: number;
  readonly recentBytes: number;
  readonly longestFrame: number;
  /** Nobody else reads these files while they are written, so they may be longer than the log. */
  readonly alone: boolean;
  readonly damaged: (damage: Damage) => void;
  /** Called after each commit. */
  readonly grown: () => void;
}

interface Waiting {
  readonly frames: readonly Uint8Array[];
  readonly heads: readonly FrameHead[];
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Most bytes of one commit. */
const COMMIT_BYTES = 16 * 1024 * 1024;

export function openLaneLog(terms: LaneLogTerms): LaneLog {
  const { dir, disk, segmentBytes } = terms;
  mkdirSync(dir, { recursive: true });
  const found = recover(dir, terms.longestFrame);
  for (const damage of found.damages) terms.damaged(damage);

  const recent = createRecent(terms.recentBytes);
  const room = terms.alone ? makeRoom(disk, () => performance.now()) : undefined;
  let end = found.end;
  let base = found.base;
  let fd = base === undefined ? -1 : disk.open(segmentPath(dir, base));
  /** Where the commit under way would end; `end` when none is. */
  let attempted = end;
  let queue: Waiting[] = [];
  let committing: Promise<void> | undefined;

  async function roll(): Promise<void> {
    await leave();
    base = end;
    fd = disk.open(segmentPath(dir, base));
    await syncFolder(dir);
  }

  /** Closes the segment; what was made ready behind its end is cut off. */
  async function leave(): Promise<void> {
    if (fd < 0) return;
    const left = fd;
    fd = -1;
    await room?.settled();
    if (room !== undefined) await disk.truncate(left, end - (base as number));
    room?.forget();
    await disk.close(left);
  }

  async function commit(batch: readonly Waiting[]): Promise<void> {
    if (fd < 0 || end - (base as number) >= segmentBytes) await roll();
    const count = batch.reduce((sum, one) => sum + one.frames.length, 0);
    const headers = Buffer.allocUnsafe(count * RECORD_HEADER_BYTES);
    const buffers: Uint8Array[] = [];
    const records: LogRecord[] = [];
    let position = end;
    for (const one of batch) {
      for (let i = 0; i < one.frames.length; i++) {
        const frame = one.frames[i] as Uint8Array;
        const at = records.length * RECORD_HEADER_BYTES;
        recordHeader(frame, headers, at);
        buffers.push(headers.subarray(at, at + RECORD_HEADER_BYTES), frame);
        const next = position + RECORD_HEADER_BYTES + frame.length;
        records.push({ position, next, frame, head: one.heads[i] as FrameHead });
        position = next;
      }
    }
    await room?.clear(position - (base as number));
    attempted = position;
    await writeAll(disk, fd, buffers, end - (base as number));
    await disk.sync(fd);
    end = position;
    for (const record of records) recent.push(record);
  }

  function takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || bytes + (queue[count] as Waiting).bytes <= COMMIT_BYTES)) {
      bytes += (queue[count++] as Waiting).bytes;
    }
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const batch = takeBatch();
      try {
        await commit(batch);
      } catch (cause) {
        const error = coded(cause, dir);
        await cutBack();
        for (const one of batch) one.reject(error);
        continue;
      }
      terms.grown();
      for (const one of batch) one.resolve();
    }
    if (fd >= 0) room?.make(fd, end - (base as number));
    committing = undefined;
  }

  /**
   * Cuts what a failed commit left, and goes on in a new segment behind it: another process may have read those
   * frames already, so their positions are not used again.
   */
  async function cutBack(): Promise<void> {
    if (attempted === end || fd < 0) return;
    const failed = fd;
    fd = -1;
    await room?.settled();
    room?.forget();
    await disk.truncate(failed, end - (base as number)).catch(() => undefined);
    await disk.close(failed).catch(() => undefined);
    end = attempted;
  }

  return {
    get end() {
      return end;
    },
    recent,
    append: (frames, heads) =>
      new Promise((resolve, reject) => {
        const bytes = frames.reduce((sum, frame) => sum + frame.length + RECORD_HEADER_BYTES, 0);
        queue.push({ frames, heads, bytes, resolve, reject });
        committing ??= run();
      }),
    async close() {
      await committing;
      await leave();
    },
  };
}

function coded(cause: unknown, dir: string): OrreryError {
  const { code } = cause as NodeJS.ErrnoException;
  const kind = code === "ENOSPC" || code === "EDQUOT" ? busErrors.BUS_DISK_FULL : busErrors.BUS_WRITE_FAILED;
  return new OrreryError(kind, { given: `${dir}: ${code ?? String(cause)}`, cause });
}
