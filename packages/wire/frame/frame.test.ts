import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Part, Scalars, Secretive } from "../test-schema/gen/torture/v1/mod.ts";
import { encodeBytes } from "../codec/encode-bytes.ts";
import { createDice, damage } from "../testing/damage.ts";
import type { FrameHeadInit } from "./head.ts";
import { peekFrame } from "./peek.ts";
import { describeFrame } from "../golden/describe.ts";
import { openFrame, openOwnFrame } from "./reader.ts";
import { createFrameWriter, type RawEnvelope } from "./writer.ts";

const head: FrameHeadInit = {
  publisher: "wm-7f3a",
  source: "weather-manager",
  world: "hollowmere",
  lane: "standard",
  fingerprint: "0123456789abcdef",
  firstSequence: 1,
};
const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

interface Given {
  readonly type: string;
  readonly payload: Uint8Array;
  readonly envelope: RawEnvelope & { readonly key: string; readonly sequence: number };
}

const safe = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1),
);
const time = fc.oneof(
  fc.integer({ min: 1.7e12, max: 1.8e12 }),
  fc.integer({ min: 1.7e15, max: 1.8e15 }).map((us) => us / 1000),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Events whose sequences grow by one or more from `first`. */
const events = (first: number): fc.Arbitrary<Given[]> =>
  fc
    .array(
      fc.record({
        type: fc.constantFrom("a.v1.A", "b.v1.Übung", "c.v1.C"),
        payload: fc.oneof(
          fc.uint8Array({ maxLength: 40 }),
          fc.uint8Array({ minLength: 100, maxLength: 300 }),
        ),
        key: fc.constantFrom("", "region:mill", "npc:mira-01", "ø"),
        timeMs: time,
        skip: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(2 ** 33) }),
        cause: fc.option(fc.record({ publisher: fc.constantFrom("wm-7f3a", "tm", "x"), sequence: safe }), {
          nil: undefined,
        }),
        traceparent: fc.option(fc.constant(TRACE), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((list) => {
      let sequence = first - 1;
      return list.map(({ type, payload, skip, ...envelope }) => {
        sequence += 1 + skip;
        return { type, payload, envelope: { ...envelope, sequence } };
      });
    });

function write(given: readonly Given[], firstSequence: number, compression: "none" | "zstd"): Uint8Array {
  const writer = createFrameWriter({ ...head, firstSequence }, { compression });
  for (const { type, payload, envelope } of given) writer.appendRaw(type, payload, envelope);
  return writer.finish();
}

describe("a frame", () => {
  test("gives back what was put in, packed or not, by cursor, by events and by its head", () => {
    const firsts = fc.constantFrom(0, 1, 2 ** 31 - 3, 2 ** 32 - 3, 2 ** 52);
    fc.assert(
      fc.property(
        firsts.chain((first) => fc.tuple(fc.constant(first), events(first))),
        fc.constantFrom("none" as const, "zstd" as const),
        ([first, given], compression) => {
          const bytes = write(given, first, compression);
          const frame = openFrame(bytes);
          const read = [...frame.events()].map((event) => ({
            type: event.type,
            payload: new Uint8Array(event.payload),
            envelope: {
              key: event.key,
              timeMs: event.timeMs,
              cause: event.cause,
              traceparent: event.traceparent,
              sequence: event.sequence,
            },
          }));
          expect(read).toEqual(given);
          const cursor = frame.cursor();
          for (const { envelope } of given) {
            expect(cursor.next()).toBe(true);
            expect([cursor.sequence, cursor.key, cursor.timeMs]).toEqual([
              envelope.sequence,
              envelope.key,
              envelope.timeMs,
            ]);
          }
          expect(cursor.next()).toBe(false);
          expect(peekFrame(bytes)).toEqual({
            publisher: head.publisher,
            source: head.source,
            world: head.world,
            lane: head.lane,
            fingerprint: head.fingerprint,
            contentType: "protobuf",
            compression: frame.compression,
            count: given.length,
            firstSequence: given[0]!.envelope.sequence,
            lastSequence: given[given.length - 1]!.envelope.sequence,
            timeMs: given[0]!.envelope.timeMs,
            types: frame.types,
          });
        },
      ),
      { numRuns: 300, seed: 3 },
    );
  });

  test("never becomes longer than its writer said", () => {
    fc.assert(
      fc.property(events(5), (given) => {
        const writer = createFrameWriter({ ...head, firstSequence: 5 });
        for (const { type, payload, envelope } of given) writer.appendRaw(type, payload, envelope);
        const bound = writer.byteLength;
        expect(writer.finish().length).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 100, seed: 4 },
    );
  });

  test("may be empty", () => {
    const frame = openFrame(createFrameWriter(head).finish());
    expect([frame.count, frame.firstSequence, frame.lastSequence, [...frame.events()]]).toEqual([
      0,
      1,
      0,
      [],
    ]);
  });

  test("shows every cut, flipped bit and scribble", () => {
    const bytes = write(fc.sample(events(1), { numRuns: 1, seed: 9 })[0]!, 1, "none");
    for (let end = 0; end < bytes.length; end++)
      expect(() => openFrame(bytes.subarray(0, end))).toThrow("WIRE_FRAME_");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const hurt = bytes.slice();
      hurt[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openFrame(hurt)).toThrow("WIRE_FRAME_");
    }
    const dice = createDice(10);
    for (let i = 0; i < 10_000; i++) {
      const hurt = damage(bytes, dice);
      if (Buffer.compare(hurt, bytes) !== 0) expect(() => openFrame(hurt)).toThrow("WIRE_FRAME_");
    }
  });

  test("keeps the neighbours of an event that cannot be read", () => {
    const writer = createFrameWriter(head);
    writer.append(Part, { label: "first" }, { timeMs: 1 });
    writer.appendRaw(Part.typeName, Uint8Array.of(0x0a, 0x7f, 1), { timeMs: 2 });
    writer.append(Part, { label: "third" }, { timeMs: 3 });
    const [first, second, third] = [...openFrame(writer.finish()).events()];
    expect(first?.decode(Part).label).toBe("first");
    expect(() => second?.decode(Part)).toThrow("WIRE_TRUNCATED");
    expect(third?.decode(Part).label).toBe("third");
  });

  test("counts on across 2^31 and 2^32 and stops at 2^53", () => {
    for (const edge of [2 ** 31, 2 ** 32]) {
      const writer = createFrameWriter({ ...head, firstSequence: edge - 2 });
      for (let i = 0; i < 5; i++) expect(writer.append(Part, {}, { timeMs: i })).toBe(edge - 2 + i);
      const frame = openFrame(writer.finish());
      expect(frame.lastSequence).toBe(edge + 2);
      expect([...frame.events()].map((event) => event.sequence)).toEqual(
        [0, 1, 2, 3, 4].map((i) => edge - 2 + i),
      );
    }
    const last = createFrameWriter({ ...head, firstSequence: Number.MAX_SAFE_INTEGER });
    expect(last.append(Part, {}, { timeMs: 0 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => last.append(Part, {}, { timeMs: 0 })).toThrow("WIRE_BAD_ENVELOPE");
    expect(openFrame(last.finish()).lastSequence).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("a writer", () => {
  test("takes the key from the event's key field unless it is told one", () => {
    const writer = createFrameWriter(head);
    writer.append(Secretive, { name: "mira" }, { timeMs: 0 });
    writer.append(Secretive, { name: "mira" }, { timeMs: 0, key: "other" });
    writer.append(Scalars, { fString: "no event" }, { timeMs: 0 });
    expect([...openFrame(writer.finish()).events()].map((event) => event.key)).toEqual(["mira", "other", ""]);
  });

  test("refuses what does not fit, changes nothing then, and never makes a frame over its limit", () => {
    const payload = (size: number) => new Uint8Array(size).fill(1);
    for (const size of [0, 1, 100, 1024, 16_000, 30_000]) {
      const writer = createFrameWriter(head, { maxBytes: 65_536 });
      let count = 0;
      const add = () =>
        writer.appendRaw(`t.v1.T${count % 50}`, payload(size), { timeMs: count, key: `key-${count}` });
      for (; count < 50_000; count++) {
        try {
          add();
        } catch (error) {
          expect(String(error)).toContain("WIRE_FRAME_FULL");
          break;
        }
      }
      expect([writer.count, writer.nextSequence]).toEqual([count, count + 1]);
      expect(writer.fits(size)).toBe(false);
      const bytes = writer.finish();
      expect(bytes.length).toBeLessThanOrEqual(65_536);
      const frame = openFrame(bytes);
      expect([frame.count, frame.keys.length]).toEqual([count, count]);
    }
    expect(() => createFrameWriter(head).appendRaw("t.v1.T", payload(65_536), { timeMs: 0 })).toThrow(
      "WIRE_EVENT_TOO_LARGE",
    );
  });

  test("says that it is full without a throw to who asks so, and takes back what it began", () => {
    const writer = createFrameWriter(head, { maxBytes: 2048 });
    const init = (i: number) => ({ name: `name-${i}`, secret: "s".repeat(50) });
    let count = 0;
    while (writer.tryAppend(Secretive, init(count), { timeMs: count }) >= 0) count++;
    expect([writer.count, writer.nextSequence]).toEqual([count, head.firstSequence + count]);
    expect(() => writer.append(Secretive, init(count), { timeMs: count })).toThrow("WIRE_FRAME_FULL");
    expect(() => writer.append(Scalars, { fInt32: 1.5 }, { timeMs: 0, key: "new" })).toThrow(
      "WIRE_BAD_VALUE",
    );
    const frame = openFrame(writer.finish());
    expect([frame.count, frame.keys.length, frame.types]).toEqual([count, count, ["torture.v1.Secretive"]]);
    const none = createFrameWriter(head, { maxBytes: 300 });
    const large = { name: "n", secret: "s".repeat(300) };
    expect(() => none.tryAppend(Secretive, large, { timeMs: 0 })).toThrow("WIRE_EVENT_TOO_LARGE");
  });

  test("makes frames that read without a check as they do with one", () => {
    for (const compression of ["none", "zstd"] as const) {
      const writer = createFrameWriter(head, { compression });
      for (let i = 0; i < 50; i++)
        writer.append(Secretive, { name: `name-${i % 7}`, count: i }, { timeMs: i * 1.5 });
      const bytes = writer.finish();
      expect(describeFrame(openOwnFrame(bytes))).toEqual(describeFrame(openFrame(bytes)));
    }
  });

  test("that says an event fits, takes it", () => {
    const writer = createFrameWriter(head, { maxBytes: 4096 });
    for (let i = 0; writer.fits(100); i++) {
      writer.appendRaw("t.v1.T", new Uint8Array(100), {
        timeMs: Math.PI * i,
        key: "k".repeat(10),
        traceparent: TRACE,
        cause: { publisher: "wm-7f3a", sequence: i * 1e9 },
      });
    }
    expect(openFrame(writer.finish()).count).toBeGreaterThan(10);
  });

  test("refuses times, sequences, causes and trace parents that are none, and is as before", () => {
    const writer = createFrameWriter({ ...head, firstSequence: 10 });
    const bad: RawEnvelope[] = [
      { timeMs: Number.NaN },
      { timeMs: Number.POSITIVE_INFINITY },
      { timeMs: 0, sequence: 9 },
      { timeMs: 0, sequence: 10.5 },
      { timeMs: 0, sequence: 2 ** 53 },
      { timeMs: 0, cause: { publisher: "p", sequence: -1 } },
      { timeMs: 0, traceparent: "00-zz" },
    ];
    for (const envelope of bad) {
      expect(() => writer.appendRaw("t.v1.T", new Uint8Array(1), { key: "k", ...envelope })).toThrow(
        "WIRE_BAD_ENVELOPE",
      );
    }
    expect(() => writer.append(Scalars, { fInt32: 0.5 }, { timeMs: 0, key: "k" })).toThrow("WIRE_BAD_VALUE");
    writer.append(Part, { label: "good" }, { timeMs: 0 });
    const frame = openFrame(writer.finish());
    expect([frame.count, frame.keys, frame.types]).toEqual([1, [], [Part.typeName]]);
    expect(() => writer.finish()).toThrow("WIRE_FRAME_FINISHED");
    expect(() => writer.append(Part, {}, { timeMs: 0 })).toThrow("WIRE_FRAME_FINISHED");
  });

  test("gives bytes that later frames do not touch", () => {
    const one = createFrameWriter(head);
    one.append(Part, { label: "one" }, { timeMs: 1 });
    const bytes = one.finish();
    const before = bytes.slice();
    const two = createFrameWriter(head);
    for (let i = 0; i < 100; i++) two.append(Part, { label: "two" }, { timeMs: 1 });
    two.finish();
    expect(bytes).toEqual(before);
  });
});

describe("an event", () => {
  test("is read by the codec of its type only", () => {
    const writer = createFrameWriter(head);
    writer.append(Part, { label: "x" }, { timeMs: 1 });
    const cursor = openFrame(writer.finish()).cursor();
    cursor.next();
    expect(() => cursor.decode(Scalars)).toThrow("WIRE_TYPE_MISMATCH");
    expect(() => cursor.view(Scalars)).toThrow("WIRE_TYPE_MISMATCH");
    expect(cursor.decode(Part)).toEqual(Part.decode(encodeBytes(Part, { label: "x" })));
  });

  test("is viewed through one object per codec", () => {
    const writer = createFrameWriter(head);
    for (const label of ["a", "b"]) {
      writer.append(Part, { label }, { timeMs: 1 });
      writer.append(Secretive, { name: label.toUpperCase() }, { timeMs: 1 });
    }
    const cursor = openFrame(writer.finish()).cursor();
    const seen: string[] = [];
    const views = new Set<unknown>();
    while (cursor.next()) {
      const view = cursor.type === Part.typeName ? cursor.view(Part) : cursor.view(Secretive);
      views.add(view);
      seen.push("label" in view ? view.label : view.name);
    }
    expect(seen).toEqual(["a", "A", "b", "B"]);
    expect(views.size).toBe(2);
  });

  test("of JSON content decodes and views like any other, and bad JSON hurts it alone", () => {
    const writer = createFrameWriter({ ...head, contentType: "json" }, { compression: "zstd" });
    writer.append(Scalars, { fInt64: 2n ** 62n, fString: "ä", fDouble: Number.NaN }, { timeMs: 1 });
    writer.appendRaw(Scalars.typeName, Uint8Array.of(123), { timeMs: 1 });
    const frame = openFrame(writer.finish());
    const [good, bad] = [...frame.events()];
    expect(frame.contentType).toBe("json");
    expect(good?.decode(Scalars)).toMatchObject({ fInt64: 2n ** 62n, fString: "ä", fDouble: Number.NaN });
    expect(good?.view(Scalars).fInt64).toBe(2n ** 62n);
    expect(() => bad?.decode(Scalars)).toThrow("WIRE_MALFORMED");
  });
});

describe("a reader", () => {
  test("names versions and codecs that it does not know", () => {
    const bytes = write(fc.sample(events(1), { numRuns: 1, seed: 2 })[0]!, 1, "none");
    const changed = (at: number, value: number) => {
      const out = bytes.slice();
      out[at] = value;
      return out;
    };
    expect(() => openFrame(changed(4, 2))).toThrow("WIRE_FRAME_VERSION");
    expect(() => openFrame(changed(5, 0x12))).toThrow("WIRE_FRAME_CODEC");
    expect(() => peekFrame(changed(0, 0x50))).toThrow("WIRE_FRAME_DAMAGED");
  });

  test("does not unpack more than it allows", () => {
    const writer = createFrameWriter(head, { compression: "zstd", maxBytes: 10_000_000 });
    writer.appendRaw("t.v1.T", new Uint8Array(5_000_000), { timeMs: 0 });
    const bytes = writer.finish();
    expect(bytes.length).toBeLessThan(2000);
    expect(() => openFrame(bytes, { maxRawBytes: 1_000_000 })).toThrow("WIRE_FRAME_TOO_LARGE");
    expect(openFrame(bytes).count).toBe(1);
  });
});
