import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openFrame } from "../frame/reader.ts";
import { peekFrame } from "../frame/peek.ts";
import { createFrameWriter } from "../frame/writer.ts";
import { describeFrame } from "./describe.ts";
import { vectors } from "./vectors.ts";

const folder = import.meta.dirname;
const released = readdirSync(folder).filter((name) => name.endsWith(".frame")).map((name) => name.slice(0, -6));

test("there is a vector for each that is described, and none has been lost", () => {
  expect(released).toEqual(expect.arrayContaining(Object.keys(vectors)));
  expect(released.length).toBeGreaterThanOrEqual(16);
});

test.each(released)("%s reads as it did when it was made", (name) => {
  const bytes = readFileSync(join(folder, `${name}.frame`));
  const frame = openFrame(bytes);
  const expected = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  expect(JSON.parse(JSON.stringify(describeFrame(frame)))).toEqual(expected);
  expect(peekFrame(bytes).types).toEqual(expected.types);
});

test.each(released)("%s is written again byte for byte from what it says", (name) => {
  const bytes = readFileSync(join(folder, `${name}.frame`));
  const frame = openFrame(bytes);
  const writer = createFrameWriter(frame, { maxBytes: 1 << 20, compression: frame.compression });
  for (const event of frame.events()) writer.appendRaw(event.type, event.payload, event);
  const again = writer.finish();
  // Another zstd may pack otherwise; what it unpacks to must be the same.
  if (frame.compression === "zstd") expect(describeFrame(openFrame(again))).toEqual(describeFrame(frame));
  else expect(Buffer.compare(again, bytes)).toBe(0);
});
