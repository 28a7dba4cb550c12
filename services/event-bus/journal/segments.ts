import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Disk, realDisk, syncFolder, writeAll } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import { openPacked } from "./packed.ts";

/** Where a frame lies. */
export interface Place {
  /** Above 0 a file that grows or grew, below 0 one of what outlived it, packed. */
  readonly segment: number;
  readonly place: number;
  readonly bytes: number;
}

/** An end of the segments. */
export interface Mark {
  readonly segment: number;
  readonly place: number;
}

/** Append-only files of frames, byte for byte as published; nothing in them is ever changed. Closed ones may be packed. */
export interface Segments {
  /** Adds a frame; it counts only after `sync`. */
  append(frame: Uint8Array): Place;
  /** Makes what was appended durable. @throws BUS_JOURNAL_DISK: it is to be taken back */
  sync(): Promise<void>;
  /** The index leads to all that was synced: files before the one that grows may be packed and removed. */
  indexed(): void;
  /** Where the next frame will go. */
  mark(): Mark;
  /** Cuts everything appended since: its index was refused, so that nobody was told of it. */
  takeBack(mark: Mark): Promise<void>;
  read(place: Place): Uint8Array;
  /** Of all files. */
  readonly bytes: number;
  /** Files that no frame is added to any more, and that the index has the whole of. */
  closed(): readonly number[];
  /** Of one file. */
  sizeOf(segment: number): number;
  /** Writes frames compressed to a file of their own, durable when it resolves; the same order. */
  pack(frames: readonly Uint8Array[]): Promise<readonly Place[]>;
  /** Deletes a closed file: no index row may lead to it. */
  remove(segment: number): Promise<void>;
  /** Files as they were found at the start, packed ones among them, and their sizes. */
  found(): ReadonlyMap<number, number>;
  /** What stands in a file from a place on, as it was found. */
  rest(segment: number, from: number): Buffer;
  close(): void;
}

/** What was appended to one file and is not written yet. */
interface Part {
  readonly segment: number;
  readonly from: number;
  readonly frames: Uint8Array[];
}

/**
 * Nothing that is in the files is ever cut at the start: the index may be older than they are. Files are found and
 * opened, and frames read, as if there were no disk to wait for; whatever waits for a sync does not hold up the rest.
 * @param end where the index says that the last segment ends; where the file does not end there, another one is begun
 */
export function openSegments(
  folder: string,
  end: Mark | undefined,
  segmentBytes: number,
  disk: Disk = realDisk,
): Segments {
  mkdirSync(folder, { recursive: true });
  const path = (segment: number) => join(folder, `${String(segment).padStart(8, "0")}.frames`);
  const files = new Map<number, number>();
  const fileOf = (segment: number) => {
    let file = files.get(segment);
    if (file === undefined)
      files.set(segment, (file = openSync(path(segment), existsSync(path(segment)) ? "r+" : "w+")));
    return file;
  };
  const packed = openPacked(folder);
  /** Sizes of the files before the one that grows. */
  const sizes = new Map<number, number>();
  for (const name of readdirSync(folder)) {
    const number = /^(\d{8})\.frames$/.exec(name)?.[1];
    if (number !== undefined) sizes.set(Number(number), statSync(join(folder, name)).size);
  }
  const found = new Map(sizes);
  for (const of of packed.all()) found.set(of, packed.sizeOf(of));
  const highest = Math.max(0, ...sizes.keys(), end?.segment ?? 0);
  const goesOn = end !== undefined && end.segment === highest && sizes.get(highest) === end.place;
  const isFresh = sizes.get(highest) === 0;
  let segment = goesOn || isFresh ? highest : highest + 1;
  let next = goesOn ? end.place : 0;
  /** The first file that holds, or will hold, something that the index may not lead to. */
  let growing = segment;
  sizes.delete(segment);
  let unwritten: Part[] = [];
  let synced: Mark = { segment, place: next };
  /** Files whose names are not durable yet. */
  let unnamed = !goesOn;
  fileOf(segment);

  return {
    get bytes() {
      let bytes = next + packed.bytes();
      for (const size of sizes.values()) bytes += size;
      return bytes;
    },
    closed: () => [...packed.all(), ...[...sizes.keys()].filter((of) => of < growing)],
    sizeOf: (of) => (of < 0 ? packed.sizeOf(of) : (sizes.get(of) ?? next)),
    pack: (frames) => packed.write(frames),
    async remove(of) {
      if (of < 0) return packed.remove(of);
      const file = files.get(of);
      if (file !== undefined) closeSync(file);
      files.delete(of);
      sizes.delete(of);
      await rm(path(of), { force: true });
    },
    found: () => found,
    rest(of, from) {
      const bytes = Buffer.alloc(Math.max(0, (found.get(of) ?? 0) - from));
      for (let done = 0; done < bytes.length; ) {
        const got = readSync(fileOf(of), bytes, done, bytes.length - done, from + done);
        if (got === 0) return bytes.subarray(0, done);
        done += got;
      }
      return bytes;
    },
    append(frame) {
      if (next > 0 && next + frame.length > segmentBytes) {
        sizes.set(segment, next);
        segment += 1;
        next = 0;
        unnamed = true;
      }
      const place = { segment, place: next, bytes: frame.length };
      const last = unwritten.at(-1);
      if (last?.segment === segment) last.frames.push(frame);
      else unwritten.push({ segment, from: next, frames: [frame] });
      next += frame.length;
      return place;
    },
    async sync() {
      const parts = unwritten;
      const end = { segment, place: next };
      unwritten = [];
      try {
        for (const part of parts) {
          const file = fileOf(part.segment);
          await writeAll(disk, file, part.frames, part.from);
          await disk.sync(file);
        }
        if (unnamed) await syncFolder(folder);
        unnamed = false;
        synced = end;
      } catch (cause) {
        throw new OrreryError(journalErrors.BUS_JOURNAL_DISK, { given: path(segment), cause });
      }
    },
    indexed: () => void (growing = synced.segment),
    mark: () => ({ segment, place: next }),
    async takeBack(mark) {
      unwritten = [];
      const end = isBefore(synced, mark) ? synced : mark;
      for (; segment > end.segment; segment--) {
        await disk.truncate(fileOf(segment), 0);
        sizes.delete(segment - 1);
      }
      next = end.place;
      await disk.truncate(fileOf(segment), next);
      synced = { segment, place: next };
    },
    read({ segment: from, place, bytes }) {
      if (from < 0) return packed.read({ segment: from, place, bytes });
      const frame = new Uint8Array(bytes);
      const got = readSync(fileOf(from), frame, 0, bytes, place);
      if (got !== bytes)
        throw new OrreryError(journalErrors.BUS_JOURNAL_DAMAGED, { given: `${path(from)} at ${place}` });
      return frame;
    },
    close() {
      for (const file of files.values()) closeSync(file);
      files.clear();
      packed.close();
    },
  };
}

function isBefore(one: Mark, other: Mark): boolean {
  return one.segment < other.segment || (one.segment === other.segment && one.place < other.place);
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
    async sync() {},
    indexed() {},
    mark: () => ({ segment: 1, place: frames.length }),
    async takeBack({ place }) {
      for (const frame of frames.splice(place)) bytes -= frame.length;
    },
    read({ place }) {
      return frames[place] as Uint8Array;
    },
    closed: () => [],
    found: () => new Map(),
    rest: () => Buffer.alloc(0),
    sizeOf: () => bytes,
    pack: () => Promise.reject(new RangeError("segments in memory are never closed")),
    async remove() {},
    close() {},
  };
}
