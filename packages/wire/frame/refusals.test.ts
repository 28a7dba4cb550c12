import { crc32, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { createWireBuffer } from "../codec/buffer.ts";
import { assembleFrame } from "./assemble.ts";
import type { FrameHead, FrameHeadInit } from "./head.ts";
import { writeHeader } from "./header.ts";
import { openFrame } from "./reader.ts";
import { createFrameWriter } from "./writer.ts";

const INIT: FrameHeadInit = {
  publisher: "p",
  source: "s",
  world: "w",
  lane: "standard",
  fingerprint: "0123456789abcdef",
  firstSequence: 1,
};
const HEAD: FrameHead = {
  ...INIT,
  contentType: "protobuf",
  compression: "none",
  count: 1,
  lastSequence: 1,
  timeMs: 5,
  types: ["a.v1.A"],
};
/** Size, head (type 0, no bits), key 0, no payload. */
const PLAIN = [2, 0, 0];

function zstdFrame(head: FrameHead, packed: Uint8Array, rawSize: number): Uint8Array {
  const out = createWireBuffer(1_024);
  writeHeader(out, { ...head, compression: "zstd" }, packed.length, rawSize);
  const frame = new Uint8Array(out.pos + packed.length + 4);
  frame.set(out.bytes.subarray(0, out.pos));
  frame.set(packed, out.pos);
  new DataView(frame.buffer).setUint32(frame.length - 4, crc32(frame.subarray(0, -4)), true);
  return frame;
}

describe("a frame", () => {
  it.each([
    ["types", { ...HEAD, types: ["a.v1.A", "b.v1.B"] }, [], []],
    ["keys", HEAD, ["k", "l"], []],
    ["publishers", HEAD, [], ["q", "r"]],
  ] as const)("with more %s than events is refused", (_what, head, keys, publishers) => {
    const frame = assembleFrame(head, keys, publishers, Uint8Array.from(PLAIN), "none");
    expect(() => openFrame(frame)).toThrow(/WIRE_FRAME_DAMAGED.*a table of 2 entries for 1 events/);
  });

  it("of some hundred bytes cannot make its reader hold millions of keys", () => {
    const count = 8_380_000;
    const body = new Uint8Array(4 + count + 1 + PLAIN.length);
    body.set([(count & 127) | 128, ((count >> 7) & 127) | 128, ((count >> 14) & 127) | 128, count >> 21]);
    body.set(PLAIN, body.length - PLAIN.length);
    const frame = zstdFrame(HEAD, zstdCompressSync(body), body.length);
    expect(frame.length).toBeLessThan(1_000);
    expect(() => openFrame(frame)).toThrow(/WIRE_FRAME_DAMAGED.*a table of 8380000 entries/);
  });

  it.each([
    ["skips", [3, 2, 0, 3]],
    ["steps in time", [3, 1, 0, 8]],
  ])("whose first event %s is refused: the header says where it begins", (_what, event) => {
    const frame = assembleFrame({ ...HEAD, lastSequence: 4 }, [], [], Uint8Array.from(event), "none");
    expect(() => openFrame(frame)).toThrow(/WIRE_FRAME_DAMAGED.*a first event/);
  });

  it.each([
    ["bytes", [1, 2, 3]],
    ["another frame", [...zstdCompressSync(Uint8Array.of(7))]],
    ["a skippable frame", [0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]],
  ])("with %s behind its packed body is refused", (_what, behind) => {
    const body = Uint8Array.from([0, 0, ...PLAIN]);
    const packed = zstdCompressSync(body);
    expect(openFrame(zstdFrame(HEAD, packed, body.length)).count).toBe(1);
    const more = Uint8Array.from([...packed, ...behind]);
    expect(() => openFrame(zstdFrame(HEAD, more, body.length))).toThrow(
      /WIRE_FRAME_DAMAGED.*behind the packed body/,
    );
  });

  it.each([{ fingerprint: "0123" }, { fingerprint: "0123456789ABCDEF" }, { lane: "fast" as never }])(
    "is refused before anything is written to it with %o",
    (wrong) => {
      expect(() => createFrameWriter({ ...INIT, ...wrong })).toThrow(/WIRE_BAD_ENVELOPE.*16 hex digits/);
    },
  );
});
