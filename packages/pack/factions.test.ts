import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FactionAction, type Pack } from "@orrery/schema/world/v1";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inspectPack, readPack } from "./read.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");

describe("who wants what in Hollowmere", () => {
  let pack: Pack;
  beforeAll(async () => {
    ({ pack } = await readPack(HOLLOWMERE));
  });

  it("are five factions, each with a seat of its own, lands of its own, and people in more than one place", () => {
    const { factions = [] } = pack.factions ?? {};
    expect(factions).toHaveLength(5);
    expect(new Set(factions.map(({ seatRegionId }) => seatRegionId)).size).toBe(5);
    const lands = factions.flatMap(({ regionIds }) => regionIds);
    expect(new Set(lands).size).toBe(lands.length);
    for (const { id, members, about } of factions) {
      expect(Object.keys(members).length, id).toBeGreaterThan(1);
      expect(about.length, id).toBeGreaterThan(40);
    }
    const persons = new Set((pack.society?.persons ?? []).map(({ id }) => id));
    for (const { id, members, memberIds } of factions) {
      expect(new Set(memberIds).size, id).toBe(Object.values(members).reduce((sum, count) => sum + count, 0));
      expect(
        memberIds.every((npcId) => persons.has(npcId)),
        id,
      ).toBe(true);
    }
  });

  it("weigh all that factions do by the usual rules, where the pack says nothing", () => {
    const { actions = [], deedCost, wordCost } = pack.factions ?? {};
    expect(actions.map(({ action }) => action).sort()).toEqual(
      Object.values(FactionAction)
        .filter((action) => action !== FactionAction.UNSPECIFIED)
        .sort(),
    );
    for (const { considers } of actions) expect(considers.length).toBeGreaterThan(1);
    expect([deedCost, wordCost]).toEqual([2_000, 200]);
  });
});

describe("a mistake in what factions are", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "orrery-factions-"));
    await cp(HOLLOWMERE, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it.each([
    [
      "seat: region:market-vale",
      "seat: region:market-veil",
      "PACK_UNKNOWN_REGION",
      /market-veil.*market-vale/,
    ],
    ["lands: [region:sedgefen]", "lands: [region:constructor]", "PACK_UNKNOWN_REGION", /constructor/],
    [
      "lands: [region:sedgefen]",
      "lands: [region:mill-vale]",
      "PACK_FACTIONS",
      /faction:weighhouse's already/,
    ],
    [
      "lands: [region:sedgefen]",
      "lands: [region:silverdale]",
      "PACK_FACTIONS",
      /faction:deepdelve's already/,
    ],
    ['"role:ferryman"', '"role:ferrywoman"', "PACK_UNKNOWN_ROLE", /ferrywoman/],
    ['works: ["place:silver-mine"', 'works: ["place:gold-mine"', "PACK_UNKNOWN_PLACE", /gold-mine/],
    [
      "      works:",
      "      households: [household:nobody]\n      works:",
      "PACK_UNKNOWN_HOUSEHOLD",
      /nobody/,
    ],
    ["authority: 0.9", "authority: 1.9", "PACK_SHAPE", /authority/],
    ["treasury: 12000", "tresury: 12000", "PACK_UNKNOWN_KEY", /tresury/],
    ["id: faction:boatmen", "id: faction:deepdelve", "PACK_DUPLICATE_ID", /deepdelve/],
    [
      "factions:\n",
      "actions: { conquer: { considers: [{ of: power }] } }\nfactions:\n",
      "PACK_UNKNOWN_KEY",
      /conquer/,
    ],
    [
      "factions:\n",
      "actions: { raid: { considers: [] } }\nfactions:\n",
      "PACK_SHAPE",
      /actions\.raid\.considers/,
    ],
  ])("%s to %s is %s", async (was, is, code, says) => {
    const path = join(dir, "factions.yaml");
    const text = await readFile(path, "utf8");
    expect(text).toContain(was);
    await writeFile(path, text.replace(was, is));
    const { problems } = await inspectPack(dir);
    expect(problems[0]).toMatchObject({ file: "factions.yaml", code });
    expect(problems[0]?.line).toBeGreaterThan(0);
    expect(`${problems[0]?.message} ${problems[0]?.hint}`).toMatch(says);
  });

  it("are factions in a world without goods: they live on what people earn", async () => {
    for (const file of ["economy", "events", "things"]) await rm(join(dir, `${file}.yaml`));
    const { problems } = await inspectPack(dir);
    expect(problems).toMatchObject([{ code: "PACK_FACTIONS", message: expect.stringMatching(/no goods/) }]);
  });
});
