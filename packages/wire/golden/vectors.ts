import type { FrameHeadInit } from "../frame/head.ts";
import { createFrameWriter, type FrameWriter, type FrameWriterLimits } from "../frame/writer.ts";
import { Part, Scalars, Secretive } from "../test-schema/gen/torture/v1/mod.ts";

const head: FrameHeadInit = {
  publisher: "wm-7f3a9c21",
  source: "weather-manager",
  world: "hollowmere",
  lane: "standard",
  fingerprint: "0123456789abcdef",
  firstSequence: 1,
};
const T0 = 1_717_200_000_000;
const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

function frame(fill: (writer: FrameWriter) => void, given: Partial<FrameHeadInit> = {}, limits: FrameWriterLimits = {}): Uint8Array {
  const writer = createFrameWriter({ ...head, ...given }, limits);
  fill(writer);
  return writer.finish();
}

/** Golden vectors by name. Add to them; do not change one that has been released. */
export const vectors: Readonly<Record<string, () => Uint8Array>> = {
  "v1-empty": () => frame(() => {}, { firstSequence: 42 }),
  "v1-one": () => frame((w) => w.append(Part, { label: "rain" }, { timeMs: T0 + 0.5, key: "region:mill" })),
  "v1-realtime": () => frame((w) => w.append(Part, { label: "now" }, { timeMs: T0 }), { lane: "realtime" }),
  "v1-bulk": () => frame((w) => w.append(Part, { label: "later" }, { timeMs: T0 }), { lane: "bulk" }),
  "v1-scalars": () =>
    frame((w) => {
      w.append(Scalars, { fDouble: -0, fInt64: -(2n ** 63n), fUint64: 2n ** 64n - 1n, fString: "ü🌧" }, { timeMs: T0 });
      w.append(Scalars, {}, { timeMs: T0 });
      w.append(Secretive, { name: "mira", parts: [{ label: "a" }, { deeper: { inside: "x" } }] }, { timeMs: T0 });
    }),
  "v1-times": () =>
    frame((w) => {
      const times = [T0, T0, T0 + 1, T0 - 60_000, T0 + 0.001, T0 + 0.25, T0 + 1 / 3, 0, -1.5, 8.64e15, 1e300, 5e-324, T0];
      for (const timeMs of times) w.append(Part, {}, { timeMs });
    }),
  "v1-sequences": () =>
    frame(
      (w) => {
        const steps = [0, 1, 3, 4, 1000, 2 ** 31, 2 ** 32, 2 ** 33 + 1, 2 ** 50];
        for (const step of steps) {
          w.appendRaw("t.v1.T", Uint8Array.of(step % 256), { timeMs: T0, sequence: 2 ** 31 - 1 + step });
        }
      },
      { firstSequence: 2 ** 31 - 1 },
    ),
  "v1-last-sequence": () =>
    frame((w) => w.append(Part, {}, { timeMs: T0 }), { firstSequence: Number.MAX_SAFE_INTEGER }),
  "v1-causes": () =>
    frame((w) => {
      const causes = [
        ["tm-1", 5],
        ["tm-1", 6],
        ["tm-1", 2],
        ["wm-7f3a9c21", 9],
        ["other", Number.MAX_SAFE_INTEGER],
        ["other", 0],
        ["tm-1", 2 ** 32],
      ] as const;
      for (const [publisher, sequence] of causes) w.append(Part, {}, { timeMs: T0, cause: { publisher, sequence } });
      w.append(Part, {}, { timeMs: T0 });
    }),
  "v1-traces": () =>
    frame((w) => {
      w.append(Part, { label: "a" }, { timeMs: T0, traceparent: TRACE });
      w.append(Part, { label: "b" }, { timeMs: T0 });
      w.append(Part, { label: "c" }, { timeMs: T0 + 7, traceparent: TRACE, key: "k", cause: { publisher: "p", sequence: 1 } });
    }),
  "v1-tables": () =>
    frame((w) => {
      for (let i = 0; i < 300; i++) w.appendRaw(`t${i % 150}.v1.T`, Uint8Array.of(i % 256), { timeMs: T0 + i, key: `key:${i % 200}` });
    }),
  "v1-sizes": () =>
    frame(
      (w) => {
        for (const size of [0, 1, 100, 120, 127, 128, 1024, 16_370, 16_384, 48_927]) {
          w.appendRaw("t.v1.T", Uint8Array.from({ length: size }, (_, i) => i % 251), { timeMs: T0 });
        }
      },
      {},
      { maxBytes: 262_144 },
    ),
  "v1-unicode": () =>
    frame((w) => w.appendRaw("t.v1.Übung", Uint8Array.of(0, 255), { timeMs: T0, key: "Regen🌧️" }), {
      publisher: "ø",
      source: "日本",
      world: "",
    }),
  "v1-json": () =>
    frame(
      (w) => {
        w.append(Scalars, { fInt64: 2n ** 62n, fString: "ä", fDouble: 0.1 }, { timeMs: T0 });
        w.append(Part, {}, { timeMs: T0 });
      },
      { contentType: "json" },
    ),
  "v1-zstd": () =>
    frame(
      (w) => {
        for (let i = 0; i < 200; i++) w.append(Part, { label: `part ${i}` }, { timeMs: T0 + i, key: `key:${i % 7}` });
      },
      {},
      { compression: "zstd" },
    ),
  "v1-zstd-json": () =>
    frame(
      (w) => {
        for (let i = 0; i < 50; i++) w.append(Part, { label: `part ${i}`, numbers: [i] }, { timeMs: T0 + i });
      },
      { contentType: "json" },
      { compression: "zstd" },
    ),
};
