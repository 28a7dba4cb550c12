import { codecs as schemaCodecs } from "@orrery/schema/registry";
import { describe, expect, it } from "vitest";
import { codecs as tortureCodecs } from "../test-schema/gen/registry.ts";
import { createSamples } from "../testing/samples.ts";
import { misreadCuts } from "../testing/view-cuts.ts";

const SEED = 20_261_129;
const MOST_BYTES = 120;

describe("a view of a message that was cut", () => {
  it.each([
    ["of the schema", schemaCodecs, 1],
    ["of the torture schema", tortureCodecs, 5],
  ] as const)("answers as decode does, at every byte of every message %s", (_which, codecs, each) => {
    const samples = createSamples(codecs.values(), each, SEED).filter(
      ({ bytes }) => bytes.length < MOST_BYTES,
    );
    expect(new Set(samples.map(({ codec }) => codec)).size).toBeGreaterThan(codecs.size / 3);
    const misread = samples.flatMap(({ codec, bytes }) => misreadCuts(codec, bytes));
    expect(misread.slice(0, 5)).toEqual([]);
  });
});
