import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Verb } from "@orrery/schema/world/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectPack, readPack } from "./read.ts";

const WORLDS = join(import.meta.dirname, "../../worlds");

describe("things", () => {
  it.each(["hollowmere", "ashwell"])(
    "of %s each know something, are seen, and stand where there is a place",
    async (name) => {
      const { pack } = await readPack(join(WORLDS, name));
      const places = new Set(pack.land?.places.map(({ id }) => id));
      expect(pack.things.length).toBeGreaterThan(2);
      for (const { id, placeId, verbs, seen } of pack.things) {
        expect(places.has(placeId), id).toBe(true);
        expect(verbs.length, id).toBeGreaterThan(0);
        expect(seen.length, id).toBeGreaterThan(20);
      }
    },
  );

  it("that bar a road know how to be opened, by whom and after how long", async () => {
    const { pack } = await readPack(join(WORLDS, "hollowmere"));
    expect(pack.things.find(({ id }) => id === "object:toll-gate")).toMatchObject({
      verbs: [Verb.BAR, Verb.UNBAR],
      barring: {
        routeId: "place:road-shore/1",
        keeperRoleId: "role:guard",
        keeperAfterGs: 7_200,
        opensAfterGs: 28_800,
      },
    });
  });
});

describe("a mistake in what is said of a thing", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "orrery-things-"));
    await cp(join(WORLDS, "hollowmere"), dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it.each([
    ['at: "place:weighhouse"', 'at: "place:weighouse"', "PACK_UNKNOWN_PLACE", /weighouse.*place:weighhouse/],
    ['at: "place:weighhouse"', 'at: "constructor"', "PACK_UNKNOWN_PLACE", /constructor/],
    ['road: "place:road-shore/1"', 'road: "place:road-shore/9"', "PACK_UNKNOWN_ROAD", /road-shore\/9/],
    [
      'road: "place:road-shore/1"',
      'road: "place:road-low/1"',
      "PACK_THINGS",
      /region:meremouth.*road-low\/1/,
    ],
    [
      'keeper: "role:guard", keeper_after_h: 2',
      'keeper: "role:gard", keeper_after_h: 2',
      "PACK_UNKNOWN_ROLE",
      /gard/,
    ],
    ["keeper_after_h: 2", "keeper_after_h: 12", "PACK_THINGS", /opens by itself after 8 hours/],
    ["opens_after_h: 8", "opens_after_h: 0", "PACK_SHAPE", /opens_after_h/],
    ["take: 24", "takes: 24", "PACK_UNKNOWN_KEY", /takes/],
    ['id: "object:pass-bars"', 'id: "object:toll-gate"', "PACK_DUPLICATE_ID", /toll-gate/],
    ['id: "object:pass-bars"', 'id: "place:pass-bars"', "PACK_SHAPE", /object:some-name/],
    ["    take: 24\n", "", "PACK_SHAPE", /what may be done with it/],
  ])("%s to %s is %s, with its line", async (was, is, code, says) => {
    const path = join(dir, "things.yaml");
    const text = await readFile(path, "utf8");
    expect(text).toContain(was);
    await writeFile(path, text.replace(was, is));
    const { problems } = await inspectPack(dir);
    expect(problems[0]).toMatchObject({ file: "things.yaml", code });
    expect(problems[0]?.line).toBeGreaterThan(0);
    expect(problems[0]?.column).toBeGreaterThan(0);
    expect(`${problems[0]?.message} ${problems[0]?.hint}`).toMatch(says);
  });

  it("may be called as no object should be", async () => {
    const path = join(dir, "things.yaml");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"object:pass-bars"', '"object:constructor"'));
    expect((await inspectPack(dir)).problems).toEqual([]);
  });

  it("is none where there are no things: a pack may do without", async () => {
    await rm(join(dir, "things.yaml"));
    expect(await inspectPack(dir)).toMatchObject({ problems: [], pack: { things: [] } });
  });
});
