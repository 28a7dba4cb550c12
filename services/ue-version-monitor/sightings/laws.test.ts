import { comparePrecedence } from "@orrery/engine-version";
import type { Sighting } from "@orrery/schema/engine/v1";
import fc from "fast-check";
import { expect, it } from "vitest";
import { TAGS } from "../testing/engine.ts";
import { decide } from "./decide.ts";
import { type Entry, entryOf } from "./entry.ts";
import { newestOf, textOf } from "./newest.ts";
import { sortEntries } from "./sort.ts";

const HOUR_MS = 3_600_000;
const SOURCES = ["tags", "releases", "pushed"];
const file = { tags: TAGS as Parameters<typeof sortEntries>[0]["tags"] };

const entry = fc
  .record({
    tag: fc.constantFrom(
      "5.6.1-release",
      "5.7.0-release",
      "5.7.0-preview-1",
      "5.10.0-release",
      "4.27-plus",
      "oops",
    ),
    commit: fc.constantFrom("", "a", "b"),
    prerelease: fc.boolean(),
    security: fc.boolean(),
    withdrawn: fc.boolean(),
  })
  .map((given) => entryOf(given));
/** A source lists each tag once; a push brings one. */
const reading = fc.record({
  source: fc.constantFrom(...SOURCES),
  entries: fc.uniqueArray(entry, { selector: ({ tag }) => tag, maxLength: 5 }),
  laterMs: fc.integer({ min: 0, max: 3 * HOUR_MS }),
});

/** Readings one after the other, as `record` does them. */
function live(readings: readonly { source: string; entries: readonly Entry[]; laterMs: number }[]) {
  const known = new Map<string, Sighting>();
  const said: { version: string; revision: number; sighting: Sighting }[] = [];
  const read = new Set<string>();
  let nowMs = 1;
  for (const { source: sourceId, entries, laterMs } of readings) {
    nowMs += laterMs;
    const isWhole = (id: string) => id !== "pushed";
    const { versions } = sortEntries(file, entries);
    const first = !read.has(sourceId) && sourceId !== "pushed";
    read.add(sourceId);
    const source = { sourceId, subjectId: "engine", whole: isWhole(sourceId), first, nowMs, isWhole };
    const decided = decide(known, versions, source);
    for (const one of decided.sightings) known.set(textOf(one), one);
    for (const one of decided.said)
      said.push({ version: textOf(one), revision: one.revision, sighting: one });
  }
  return { known, said };
}

it("says each revision of a version at most once, over any readings, and revisions only grow", () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 25 }), (readings) => {
      const { said, known } = live(readings);
      const names = said.map(({ version, revision }) => `${version} ${revision}`);
      expect(new Set(names).size).toBe(names.length);
      for (const version of known.keys()) {
        const own = said.filter((one) => one.version === version).map(({ revision }) => revision);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 300 },
  );
});

it("says a revision only when channel, security, withdrawal or commit became another", () => {
  const facts = ({ channel, security, withdrawn, commit }: Sighting) =>
    JSON.stringify([channel, security, withdrawn, commit]);
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 25 }), (readings) => {
      const last = new Map<string, string>();
      for (const { version, sighting } of live(readings).said) {
        expect(last.get(version)).not.toBe(facts(sighting));
        last.set(version, facts(sighting));
      }
    }),
    { numRuns: 300 },
  );
});

it("comes to nothing new when the same is read again, in whatever order", () => {
  const shuffled = fc
    .uniqueArray(entry, { selector: ({ tag }) => tag, minLength: 1, maxLength: 5 })
    .chain((entries) =>
      fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
    );
  fc.assert(
    fc.property(shuffled, fc.constantFrom(...SOURCES), ([entries, again], source) => {
      const once = live([{ source, entries, laterMs: 0 }]);
      const twice = live([
        { source, entries, laterMs: 0 },
        { source, entries: again, laterMs: HOUR_MS },
      ]);
      expect(twice.said.length).toBe(once.said.length);
      expect([...twice.known.keys()].sort()).toEqual([...once.known.keys()].sort());
    }),
    { numRuns: 300 },
  );
});

it("has as newest the highest by precedence of those that are not withdrawn", () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 15 }), (readings) => {
      const all = [...live(readings).known.values()];
      const newest = newestOf(all);
      for (const one of all)
        if (!one.withdrawn)
          expect(comparePrecedence(textOf(newest ?? one), textOf(one))).toBeGreaterThanOrEqual(0);
      expect(newest?.withdrawn ?? false).toBe(false);
    }),
    { numRuns: 200 },
  );
});
