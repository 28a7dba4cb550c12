import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, realDisk } from "@orrery/bus";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSegments, type Place } from "./segments.ts";

let folder: string;
let room: number;
let syncs: string[];
/** Takes as many bytes as there is room for, and no more; its syncs come with the next turns of the loop. */
const disk: Disk = {
  ...realDisk,
  async write(fd, buffers, position) {
    const all = Buffer.concat(buffers).subarray(0, Math.max(0, room));
    room -= all.length;
    return all.length === 0 ? 0 : realDisk.write(fd, [all], position);
  },
  async sync(fd) {
    syncs.push("begun");
    await realDisk.sync(fd);
    syncs.push("done");
  },
};
const frame = (text: string) => new TextEncoder().encode(text);
const SEGMENT_BYTES = 20;
const open = () => openSegments(folder, undefined, SEGMENT_BYTES, disk);
const texts = (segments: ReturnType<typeof open>, places: readonly Place[]) =>
  places.map((place) => new TextDecoder().decode(segments.read(place)));
const files = () => readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-segments-"));
  room = Number.POSITIVE_INFINITY;
  syncs = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

it("what goes over several files is durable when the sync resolves, and holds up nothing meanwhile", async () => {
  const segments = open();
  const words = ["a first frame", "a second one", "and a third"];
  const places = words.map((word) => segments.append(frame(word)));
  const synced = segments.sync();
  syncs.push("goes on");
  await synced;
  expect(syncs).toEqual(["goes on", "begun", "done", "begun", "done", "begun", "done"]);
  expect(texts(segments, places)).toEqual(words);
  expect(files()).toEqual(words);
  expect(segments.mark()).toEqual({ segment: 3, place: 11 });
  segments.close();
});

it("a file is closed only when the index leads to all of it", async () => {
  const segments = open();
  for (const word of ["a first frame", "a second one"]) segments.append(frame(word));
  expect(segments.closed()).toEqual([]);
  await segments.sync();
  expect(segments.closed()).toEqual([]);
  segments.indexed();
  expect(segments.closed()).toEqual([1]);
  await segments.remove(1);
  expect(segments.closed()).toEqual([]);
  segments.close();
});

it("what a full disk took in part is taken back over all its files, and the same frames find their places again", async () => {
  const segments = open();
  const kept = segments.append(frame("kept"));
  await segments.sync();
  segments.indexed();
  for (const free of [0, 3, 25]) {
    const mark = segments.mark();
    room = free;
    for (const word of ["a first frame", "a second one", "and a third"]) segments.append(frame(word));
    await expect(segments.sync()).rejects.toThrow(/BUS_JOURNAL_DISK/);
    await segments.takeBack(mark);
    expect(segments.mark()).toEqual(mark);
    expect(segments.bytes).toBe(4);
  }
  room = Number.POSITIVE_INFINITY;
  const again = segments.append(frame("again"));
  await segments.sync();
  expect(texts(segments, [kept, again])).toEqual(["kept", "again"]);
  expect(again).toEqual({ segment: 1, place: 4, bytes: 5 });
  segments.close();
});

it("a frame that was left waiting by a batch that failed earlier leaves no hole", async () => {
  const segments = open();
  segments.append(frame("left"));
  const mark = segments.mark();
  segments.append(frame("new"));
  room = 0;
  await expect(segments.sync()).rejects.toThrow(/BUS_JOURNAL_DISK/);
  await segments.takeBack(mark);
  expect(segments.mark()).toEqual({ segment: 1, place: 0 });
  segments.close();
});
