// What a browser needs of this package, without Node.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32 as nativeCrc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as browserText from "./codec/text-browser.ts";
import * as nodeText from "./codec/text-node.ts";
import { crc32 } from "./frame/checksum-browser.ts";
import { packZstd, unpackZstd } from "./frame/zstd-browser.ts";

const root = import.meta.dirname;
const { imports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  imports: Record<string, { browser: string }>;
};

/** Every module that a file brings into a browser, with what it imports from elsewhere. */
function reach(path: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(path)) return seen;
  const outside: string[] = [];
  seen.set(path, outside);
  const source = readFileSync(path, "utf8");
  for (const [statement, from] of source.matchAll(/^(?:import|export)\s[^;]*?from "([^"]+)";/gms)) {
    if (/^(?:import|export) type /.test(statement)) continue;
    if (from!.startsWith(".")) reach(join(dirname(path), from!), seen);
    else if (from!.startsWith("#")) reach(join(root, imports[from!]!.browser), seen);
    else outside.push(from!);
  }
  return seen;
}

test("no module that a browser reaches imports from Node", () => {
  const reached = reach(join(root, "codec/mod.ts"), reach(join(root, "mod.ts")));
  expect(reached.size).toBeGreaterThan(25);
  const foreign = [...reached].flatMap(([, outside]) => outside);
  expect([...new Set(foreign)].toSorted()).toEqual([
    "@bufbuild/protobuf",
    "@bufbuild/protobuf/wkt",
    "intl-messageformat",
  ]);
});

test("the browser's checksum and text are Node's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "binary" }), (bytes, text) => {
      expect(crc32(bytes)).toBe(nativeCrc32(bytes));
      const [one, two] = [new Uint8Array(2000), new Uint8Array(2000)];
      expect(browserText.writeUtf8(one, 3, text)).toBe(nodeText.writeUtf8(two, 3, text));
      expect(one).toEqual(two);
    }),
    { seed: 1 },
  );
  const bytes = new TextEncoder().encode("\uFEFFRegen 🌧");
  expect(browserText.readUtf8(bytes, 0, bytes.length)).toBe(nodeText.readUtf8(bytes, 0, bytes.length));
  expect(browserText.readAscii(bytes, 3, 8)).toBe(nodeText.readAscii(bytes, 3, 8));
});

test("a browser says that it cannot unpack zstd", () => {
  expect(() => unpackZstd(new Uint8Array(1), 1)).toThrow(/WIRE_FRAME_CODEC.*ask for no compression/);
  expect(() => packZstd(new Uint8Array(1))).toThrow("WIRE_FRAME_CODEC");
});
