import { closeSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompressSync } from "node:zlib";
import { realDisk, syncFolder, writeAll } from "@orrery/bus";
import { OrreryError } from "@orrery/wire";
import { journalErrors } from "../errors.ts";
import type { Place } from "./segments.ts";

/*
 * A packed file: u32 length of a dictionary (little-endian), the dictionary, then frames, each one compressed by
 * itself against it (zstd, raw-content dictionary). Frames of one world repeat each other's types, keys and
 * names: the dictionary is made of some of them. A file is written whole, or it is not there.
 */

const compress = promisify(zstdCompress);
const HEAD_BYTES = 4;
const DICTIONARY_BYTES = 65_536;
/** Frames of a file that the dictionary is taken from. */
const SAMPLES = 16;
const NAME = /^(\d{8})\.packed$/;

export interface Packed {
  write(frames: readonly Uint8Array[]): Promise<readonly Place[]>;
  read(place: Place): Uint8Array;
  /** Numbers of the files, below 0. */
  all(): readonly number[];
  bytes(): number;
  sizeOf(segment: number): number;
  remove(segment: number): Promise<void>;
  close(): void;
}

interface Opened {
  readonly file: number;
  readonly dictionary: Buffer;
}

export function openPacked(folder: string): Packed {
  const path = (segment: number) => join(folder, `${String(-segment).padStart(8, "0")}.packed`);
  const sizes = new Map<number, number>();
  const opened = new Map<number, Opened>();
  let last = 0;
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".packed.new")) rmSync(join(folder, name));
    const number = Number(NAME.exec(name)?.[1] ?? 0);
    if (number === 0) continue;
    sizes.set(-number, statSync(join(folder, name)).size);
    last = Math.max(last, number);
  }

  function open(segment: number): Opened {
    let known = opened.get(segment);
    if (known === undefined) {
      const file = openSync(path(segment), "r");
      const head = Buffer.alloc(HEAD_BYTES);
      readSync(file, head, 0, HEAD_BYTES, 0);
      const dictionary = Buffer.alloc(head.readUInt32LE());
      readSync(file, dictionary, 0, dictionary.length, HEAD_BYTES);
      opened.set(segment, (known = { file, dictionary }));
    }
    return known;
  }

  return {
    all: () => [...sizes.keys()],
    bytes: () => [...sizes.values()].reduce((sum, size) => sum + size, 0),
    sizeOf: (segment) => sizes.get(segment) ?? 0,
    async write(frames) {
      const segment = -++last;
      const dictionary = dictionaryOf(frames);
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt32LE(dictionary.length);
      const file = openSync(`${path(segment)}.new`, "w");
      const places: Place[] = [];
      let at = 0;
      const append = async (bytes: Uint8Array) => {
        await writeAll(realDisk, file, [bytes], at);
        at += bytes.length;
      };
      try {
        await append(head);
        await append(dictionary);
        for (const frame of frames) {
          const small = await compress(frame, { dictionary });
          places.push({ segment, place: at, bytes: small.length });
          await append(small);
        }
        await realDisk.sync(file);
      } catch (cause) {
        closeSync(file);
        rmSync(`${path(segment)}.new`, { force: true });
        throw new OrreryError(journalErrors.BUS_JOURNAL_DISK, { given: path(segment), cause });
      }
      closeSync(file);
      renameSync(`${path(segment)}.new`, path(segment));
      await syncFolder(folder);
      sizes.set(segment, at);
      return places;
    },
    read({ segment, place, bytes }) {
      const { file, dictionary } = open(segment);
      const small = Buffer.alloc(bytes);
      const damaged = (cause?: unknown) =>
        new OrreryError(journalErrors.BUS_JOURNAL_DAMAGED, { given: `${path(segment)} at ${place}`, cause });
      if (readSync(file, small, 0, bytes, place) !== bytes) throw damaged();
      try {
        return new Uint8Array(zstdDecompressSync(small, { dictionary }));
      } catch (cause) {
        throw damaged(cause);
      }
    },
    async remove(segment) {
      const known = opened.get(segment);
      if (known !== undefined) closeSync(known.file);
      opened.delete(segment);
      sizes.delete(segment);
      await rm(path(segment), { force: true });
    },
    close() {
      for (const { file } of opened.values()) closeSync(file);
      opened.clear();
    },
  };
}

/** Pieces of frames from all over the file: what comes again and again is in them. */
function dictionaryOf(frames: readonly Uint8Array[]): Buffer {
  const step = Math.max(1, Math.floor(frames.length / SAMPLES));
  const samples = frames.filter((_, at) => at % step === 0).slice(0, SAMPLES);
  const each = Math.floor(DICTIONARY_BYTES / Math.max(1, samples.length));
  return Buffer.concat(samples.map((frame) => frame.subarray(0, each)));
}
