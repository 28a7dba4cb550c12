import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";

/** Where a frame lies. */
export interface Place {
  readonly segment: number;
  readonly place: number;
  readonly bytes: number;
}

/** An end of the segments. */
export interface Mark {
  readonly segment: number;
  readonly place: number;
}

/** Append-only files of frames, byte for byte as published; nothing in them is ever changed. */
export interface Segments {
  /** Adds a frame; it counts only after `sync`. */
  append(frame: Uint8Array): Place;
  /** Makes what was appended durable. @throws BUS_JOURNAL_DISK; what was appended since the last sync is taken back */
  sync(): void;
  /** Where the next frame will go. */
  mark(): Mark;
  /** Cuts everything appended since: its index was refused, so that nobody was told of it. */
  takeBack(mark: Mark): void;
  read(place: Place): Uint8Array;
  readonly bytes: number;
  close(): void;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;

/** @param end where the index says that the last segment ends: what lies beyond was never acknowledged and is cut */
export function openSegments(folder: string, end: { segment: number; place: number } | undefined): Segments {
  mkdirSync(folder, { recursive: true });
  const path = (segment: number) => join(folder, `${String(segment).padStart(8, "0")}.frames`);
  const files = new Map<number, number>();
  const fileOf = (segment: number) => {
    let file = files.get(segment);
    if (file === undefined)
      files.set(segment, (file = openSync(path(segment), existsSync(path(segment)) ? "r+" : "w+")));
    return file;
  };
  let segment = end?.segment ?? 1;
  let synced = end?.place ?? 0;
  let sizeBefore = readdirSync(folder).length > 1 ? (segment - 1) * SEGMENT_BYTES : 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  ftruncateSync(fileOf(segment), synced);

  function flush(): void {
    if (waiting.length === 0) return;
    const file = fileOf(segment);
    try {
      const all = Buffer.concat(waiting);
      for (let done = 0; done < all.length; )
        done += writeSync(file, all, done, all.length - done, synced + done);
      fdatasyncSync(file);
    } catch (cause) {
      ftruncateSync(file, synced);
      waiting = [];
      waitingBytes = 0;
      throw new OrreryError(journalErrors.BUS_JOURNAL_DISK, { given: path(segment), cause });
    }
    synced += waitingBytes;
    waiting = [];
    waitingBytes = 0;
  }

  return {
    get bytes() {
      return sizeBefore + synced;
    },
    append(frame) {
      if (synced + waitingBytes > 0 && synced + waitingBytes + frame.length > SEGMENT_BYTES) {
        flush();
        sizeBefore += synced;
        segment += 1;
        synced = 0;
      }
      const place = { segment, place: synced + waitingBytes, bytes: frame.length };
      waiting.push(frame);
      waitingBytes += frame.length;
      return place;
    },
    sync: flush,
    mark: () => ({ segment, place: synced + waitingBytes }),
    takeBack(mark) {
      waiting = [];
      waitingBytes = 0;
      for (; segment > mark.segment; segment--) {
        ftruncateSync(fileOf(segment), 0);
        synced = fstatSync(fileOf(segment - 1)).size;
        sizeBefore -= synced;
      }
      synced = Math.min(synced, mark.place);
      ftruncateSync(fileOf(segment), synced);
    },
    read({ segment: from, place, bytes }) {
      const frame = new Uint8Array(bytes);
      const got = readSync(fileOf(from), frame, 0, bytes, place);
      if (got !== bytes)
        throw new OrreryError(journalErrors.BUS_JOURNAL_DAMAGED, { given: `${path(from)} at ${place}` });
      return frame;
    },
    close() {
      for (const file of files.values()) closeSync(file);
      files.clear();
    },
  };
}

/** The same in memory, for worlds that leave nothing behind. */
export function memorySegments(): Segments {
  const frames: Uint8Array[] = [];
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    append(frame) {
      bytes += frame.length;
      return { segment: 1, place: frames.push(frame) - 1, bytes: frame.length };
    },
    sync() {},
    mark: () => ({ segment: 1, place: frames.length }),
    takeBack({ place }) {
      for (const frame of frames.splice(place)) bytes -= frame.length;
    },
    read({ place }) {
      return frames[place] as Uint8Array;
    },
    close() {},
  };
}
