import fc from "fast-check";
import { IntakeCommitted } from "@orrery/schema/bus/v1";
import { encodeBytes } from "@orrery/wire";
import { describe, expect, it } from "vitest";
import type { Found, Reader } from "../journal/read.ts";
import { cleanPlaces } from "./clean-cut.ts";

const WRITER = "time-manager/vale/r";
const RECORDS = "time-manager/vale/i";

/** A journal in which a writer commits so many events at a time, each commit's record before or behind its events. */
function journalOf(commits: readonly { readonly count: number; readonly recordFirst: boolean }[]): Found[] {
  const events: Found[] = [];
  const add = (publisher: string, sequence: number, type: string, payload: Uint8Array) =>
    events.push({
      ordinal: events.length + 1,
      id: { publisher, sequence },
      type,
      payload,
    } as unknown as Found);
  let next = 1;
  for (const [at, { count, recordFirst }] of commits.entries()) {
    const emitted = [{ publisher: WRITER, first: next, count }];
    const record = () =>
      add(RECORDS, at + 1, IntakeCommitted.typeName, encodeBytes(IntakeCommitted, { emitted }));
    if (recordFirst) record();
    for (let i = 0; i < count; i++) add(WRITER, next++, "time.v1.TimeUpdated", new Uint8Array());
    if (!recordFirst) record();
  }
  return events;
}

const readerOf = (events: readonly Found[]) =>
  ({
    page: async ({ after, newest, limit }: { after: number; newest: number; limit: number }) => ({
      events: events.slice(after, newest).slice(0, limit),
      at: undefined,
    }),
  }) as unknown as Reader;

describe("a clean cut", () => {
  const commits = fc.array(fc.record({ count: fc.integer({ min: 1, max: 5 }), recordFirst: fc.boolean() }), {
    minLength: 3_000,
    maxLength: 3_000,
  });

  it("lies between two commits, and no further back than one, however long the journal is", async () => {
    await fc.assert(
      fc.asyncProperty(commits, fc.double({ min: 0.1, max: 1, noNaN: true }), async (given, share) => {
        const events = journalOf(given);
        const position = Math.ceil(share * events.length);
        const { before: cut, behind } = await cleanPlaces(readerOf(events), "vale", position, events.length);
        const ends = new Set<number>([0]);
        let end = 0;
        for (const { count } of given) ends.add((end += count + 1));
        expect(ends.has(cut)).toBe(true);
        expect(position - cut).toBeLessThanOrEqual(6);
        expect(ends.has(behind ?? -1)).toBe(true);
        expect((behind ?? 0) - position).toBeLessThanOrEqual(6);
        expect(cut === position).toBe(behind === position);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it("leaves out what no record tells of yet", async () => {
    const events = journalOf([
      { count: 3, recordFirst: false },
      { count: 3, recordFirst: false },
    ]).slice(0, -1);
    expect(await cleanPlaces(readerOf(events), "vale", events.length, events.length)).toEqual({
      before: 4,
      behind: undefined,
    });
  });
});
