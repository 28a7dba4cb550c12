import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../program.ts";
import { PROMISES } from "./all.ts";

/** As much of a title as must stand in its file: what `it.each` fills in stands there otherwise. */
const CHUNK = 12;

describe("what Orrery promises", () => {
  it("is held by at least one test, each promise by its own name", () => {
    expect(PROMISES.filter(({ heldBy }) => heldBy.length === 0).map(({ id }) => id)).toEqual([]);
    const ids = PROMISES.map(({ id }) => id);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
    expect(PROMISES.length).toBeGreaterThan(80);
  });

  it("names files that are there, with something of each title in them", () => {
    const gone = PROMISES.flatMap(({ id, heldBy }) =>
      heldBy.filter((test) => !isThere(test)).map(({ file, title }) => `${id}: ${file} has no “${title}”`),
    );
    expect(gone).toEqual([]);
  });
});

function isThere({ file, title }: { readonly file: string; readonly title: string }): boolean {
  const path = join(ROOT, file);
  if (!existsSync(path)) return false;
  // Some titles are names of types or cases that a test goes through.
  if (title.length < CHUNK + 10) return true;
  const beside = readdirSync(dirname(path)).filter((name) => name.endsWith(".testing.ts"));
  const files = [path, ...beside.map((name) => join(dirname(path), name))];
  const text = files
    .map((one) => readFileSync(one, "utf8"))
    .join("\n")
    .replaceAll('\\"', '"');
  return Array.from({ length: title.length - CHUNK + 1 }, (_, at) => title.slice(at, at + CHUNK)).some(
    (chunk) => text.includes(chunk),
  );
}
