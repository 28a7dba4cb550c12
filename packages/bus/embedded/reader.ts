import { type FileHandle, open } from "node:fs/promises";
import { frameHead } from "../head.ts";
import type { Damage, LogRecord } from "./log-record.ts";
import type { Partition } from "./partitions.ts";
import { findRecord, RECORD_HEADER_BYTES, recordAt } from "./record.ts";
import { listSegments, type Segment, sizeOf } from "./segments.ts";

/** Follows one partition from a position on: from memory where this process wrote it, else from its files. */
export interface Reader {
  readonly partition: Partition;
  /** Where the next record is looked for. */
  readonly position: number;
  /** The next record, if it is at hand without reading a file. */
  peek(): LogRecord | undefined;
  shift(): void;
  seek(position: number): void;
  /** Reads on from the files; true when `peek` now has a record or the position moved. */
  fill(): Promise<boolean>;
  close(): Promise<void>;
}

const CHUNK_BYTES = 1024 * 1024;
/** How far a reader looks for the next record behind damage in one go. */
const LONGEST_SEARCH_BYTES = 128 * 1024 * 1024;

export function createReader(
  partition: Partition,
  from: number,
  longestFrame: number,
  damaged: (damage: Damage) => void,
): Reader {
  let position = from;
  let buffered: LogRecord[] = [];
  let bufferedAt = 0;
  let file: { segment: Segment; handle: FileHandle } | undefined;
  let wanted = CHUNK_BYTES;
  let told = -1;

  const limit = () => partition.own?.end ?? Infinity;

  function segmentAt(at: number): { segment: Segment; after: Segment | undefined } | undefined {
    const segments = listSegments(partition.dir);
    let index = segments.length - 1;
    while (index > 0 && (segments[index] as Segment).base > at) index--;
    const segment = segments[index];
    return segment === undefined ? undefined : { segment, after: segments[index + 1] };
  }

  async function openAt(segment: Segment): Promise<FileHandle> {
    if (file?.segment.path === segment.path) return file.handle;
    await file?.handle.close();
    file = undefined;
    const handle = await open(segment.path, "r");
    file = { segment, handle };
    return handle;
  }

  function tell(damage: Damage): void {
    if (damage.from === told) return;
    told = damage.from;
    damaged(damage);
  }

  /** Parses whole records; answers how far it came. */
  function parse(bytes: Buffer, segment: Segment, at: number, closed: boolean): void {
    let offset = 0;
    while (offset < bytes.length) {
      const found = recordAt(bytes, offset, longestFrame);
      if (found.kind === "record") {
        const frame = bytes.subarray(offset + RECORD_HEADER_BYTES, found.end);
        const record = { position: at + offset, next: at + found.end, frame };
        offset = found.end;
        wanted = CHUNK_BYTES;
        try {
          buffered.push({ ...record, head: frameHead(frame) });
        } catch {
          tell({ path: segment.path, from: record.position, to: record.next, torn: false });
        }
        continue;
      }
      if (found.kind === "short" && found.needs > bytes.length - offset) {
        wanted = Math.max(CHUNK_BYTES, found.needs);
        if (!closed) break;
      }
      const next = findRecord(bytes, offset + 1, longestFrame);
      if (next < 0) {
        if (closed) {
          tell({ path: segment.path, from: at + offset, to: at + bytes.length, torn: false });
          offset = bytes.length;
        } else wanted = Math.min(wanted * 2, LONGEST_SEARCH_BYTES);
        break;
      }
      tell({ path: segment.path, from: at + offset, to: at + next, torn: false });
      offset = next;
    }
    position = at + offset;
  }

  const reader: Reader = {
    partition,
    get position() {
      return bufferedAt < buffered.length ? (buffered[bufferedAt] as LogRecord).position : position;
    },
    peek() {
      if (bufferedAt < buffered.length) return buffered[bufferedAt];
      const record = partition.own?.recent.at(position);
      if (record === undefined) return undefined;
      buffered = [record];
      bufferedAt = 0;
      position = record.next;
      return record;
    },
    shift() {
      bufferedAt++;
    },
    seek(to) {
      buffered = [];
      bufferedAt = 0;
      position = to;
    },
    async fill() {
      if (position >= limit()) return false;
      const found = segmentAt(position);
      if (found === undefined) return false;
      const { segment, after } = found;
      if (position < segment.base) position = segment.base;
      const size = Math.min(sizeOf(segment.path), limit() - segment.base);
      const offset = position - segment.base;
      if (offset >= size) {
        if (after === undefined || after.base <= position) return false;
        position = after.base;
        return true;
      }
      const before = position;
      const handle = await openAt(segment);
      const length = Math.min(wanted, size - offset);
      const chunk = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await handle.read(chunk, 0, length, offset);
      if (position !== before) return true;
      buffered = [];
      bufferedAt = 0;
      const closed = (after !== undefined || partition.own !== undefined) && offset + bytesRead >= size;
      parse(chunk.subarray(0, bytesRead), segment, before, closed);
      return buffered.length > 0 || position !== before;
    },
    async close() {
      await file?.handle.close();
      file = undefined;
    },
  };
  return reader;
}
