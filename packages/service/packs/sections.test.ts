import { Pack, PackPart, type PackSection } from "@orrery/schema/world/v1";
import { encodeBytes, type InitOf } from "@orrery/wire";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "../store/store.ts";
import { keepSections } from "./kept.ts";
import { PART_BYTES, partsOf, sectionsOf } from "./sections.ts";
import { wholePack } from "./whole.ts";

const packWith = (init: InitOf<typeof Pack>) => Pack.decode(encodeBytes(Pack, init));
const valley = packWith({
  id: "valley",
  title: "A valley",
  calendar: { id: "calendar", era: "of the Lantern" },
  climates: [{ id: "mild" }, { id: "harsh" }],
});

let store: Store;
beforeEach(async () => {
  store = await openStore({ service: "diary", url: ":memory:", migrations: {} });
});
afterEach(() => store.close());

/** Says a pack, its parts in the order given. @returns what an event names it by */
async function said(
  pack: Pack,
  order: (parts: PackPart[]) => PackPart[] = (parts) => parts,
): Promise<PackSection[]> {
  const kept = keepSections(store);
  const named: PackSection[] = [];
  for (const { section, digest, bytes } of sectionsOf(pack)) {
    const parts = partsOf(bytes);
    const told = parts.map((part, index) =>
      PackPart.decode(encodeBytes(PackPart, { section, digest, index, parts: parts.length, bytes: part })),
    );
    for (const part of order(told)) await kept.keep(part);
    named.push({ section, digest, bytes: bytes.length, parts: parts.length } as PackSection);
  }
  return named;
}
const read = (sections: PackSection[], wanted?: readonly string[]) =>
  wholePack({ sections }, keepSections(store).section, wanted);

describe("a pack in sections", () => {
  it("is the same when it is put together again", async () => {
    const sections = await said(valley);
    expect(sections.map(({ section }) => section)).toEqual(["about", "calendar", "climates"]);
    expect(await read(sections)).toEqual(valley);
  });

  it("is given to who reads some of it with those alone", async () => {
    const pack = await read(await said(valley), ["calendar", "land"]);
    expect(pack).toEqual(packWith({ calendar: valley.calendar! }));
  });

  it("changes in the sections that an edit touches, and in no others", () => {
    const edited = packWith({ ...valley, climates: valley.climates.slice(0, 1) });
    const digests = (pack: Pack) => new Map(sectionsOf(pack).map(({ section, digest }) => [section, digest]));
    const [before, after] = [digests(valley), digests(edited)];
    const changed = [...after].filter(([section, digest]) => before.get(section) !== digest);
    expect(changed.map(([section]) => section)).toEqual(["climates"]);
  });

  it("travels in parts that any broker carries, in whatever order and however often they come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3 * PART_BYTES }), fc.boolean(), async (size, isTurned) => {
        const pack = packWith({ id: "large", calendar: { id: "c", era: "x".repeat(size) } });
        const sections = await said(pack, (parts) => {
          for (const { bytes } of parts) expect(bytes.length).toBeLessThanOrEqual(PART_BYTES);
          return isTurned ? [...parts.toReversed(), ...parts] : parts;
        });
        expect(await read(sections)).toEqual(pack);
      }),
      { numRuns: 20 },
    );
  });

  it("that is not here as a whole is waited for, and says which part is missing", async () => {
    const pack = packWith({ calendar: { id: "c", era: "y".repeat(2 * PART_BYTES) } });
    const sections = await said(pack, (parts) => parts.slice(0, 2));
    await expect(read(sections)).rejects.toMatchObject({
      code: "SERVICE_PACK_MISSING",
      retryable: true,
      message: expect.stringMatching(/2 of 3 parts of calendar/),
    });
  });

  it("whose bytes are not what its digest says is refused", async () => {
    const pack = packWith({ calendar: { id: "c", era: "z" } });
    const sections = await said(pack, (parts) =>
      parts.map((part) => ({ ...part, bytes: encodeBytes(Pack, { calendar: { id: "another" } }) })),
    );
    await expect(read(sections)).rejects.toMatchObject({ code: "SERVICE_PACK_TORN" });
  });

  it("that travels within the event is taken as it is", async () => {
    expect(await wholePack({ pack: valley, sections: [] }, keepSections(store).section)).toBe(valley);
    expect(await wholePack({ sections: [] }, keepSections(store).section)).toBeUndefined();
  });
});
