import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectPack } from "./read.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pack-"));
  await cp(HOLLOWMERE, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true }));

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(join(dir, file), "utf8");
  expect(text).toMatch(from);
  await writeFile(join(dir, file), text.replace(from, to));
}
const problems = async () => (await inspectPack(dir)).problems;

describe("a mistake has its code and its place, whatever the text is", () => {
  it.each([
    ["an alias of nothing", "places: *x\n", 1, 9, /no anchor &x/],
    ["an alias of itself", "places: &x [*x]\n", 1, 13, /inside of what it stands for/],
    [
      "aliases that multiply",
      `a: &a [1,1,1,1,1,1,1,1,1]\n${"bcdefghi"
        .split("")
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]`)
        .join("\n")}\nplaces: *i\n`,
      2,
      8,
      /alias/i,
    ],
    ["a merge key", "a: &a { b: 1 }\nplaces:\n  - { <<: *a }\n", 3, 7, /merge keys/],
    ["a key of every object's", "__proto__: 1\nplaces: []\n", 1, 1, /__proto__/],
    ["a tag that nobody knows", "places: !thing 3\n", 1, 9, /tag/i],
    ["two documents", "places: []\n---\nplaces: []\n", 2, 1, /documents/],
    ["a key that is a list", "? [a, b]\n: 1\n", 1, 3, /plain word/],
    ["nesting without end", `places: ${"[".repeat(20_000)}\n`, undefined, undefined, /./],
  ])("%s", async (_, text, line, column, message) => {
    await writeFile(join(dir, "places.yaml"), text);
    const found = await problems();
    expect(found[0]).toMatchObject({
      code: "PACK_SYNTAX",
      file: "places.yaml",
      message: expect.stringMatching(message),
    });
    if (line !== undefined) expect(found[0]).toMatchObject({ line, column });
    expect(found[0]?.line).toBeGreaterThan(0);
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])(
    "an outline that names %s names a corner that is not there",
    async (name) => {
      await edit("regions.yaml", "outline: [n0, n1, a1, a0]", `outline: [n0, ${name}, a1, a0]`);
      const [first] = await problems();
      expect(first).toMatchObject({ code: "PACK_UNKNOWN_CORNER", file: "regions.yaml" });
      expect(first?.line).toBeGreaterThan(1);
    },
  );

  it("a corner may have a name that every object answers to", async () => {
    const file = join(dir, "regions.yaml");
    await writeFile(file, (await readFile(file, "utf8")).replaceAll(/\ba1\b/g, "constructor"));
    expect(await problems()).toEqual([]);
  });

  it("a key that means nothing is told so, also one that every object answers to", async () => {
    await edit("pack.yaml", /^id:/m, "toString: 1\nid:");
    expect(await problems()).toMatchObject([{ code: "PACK_UNKNOWN_KEY", file: "pack.yaml" }]);
  });

  it("bytes that are no UTF-8 are found where they stand", async () => {
    const [before, after] = ['places:\n  - { id: "place:m', 'hle" }\n'];
    await writeFile(join(dir, "places.yaml"), Buffer.from(`${before}\u00fc${after}`, "latin1"));
    expect(await problems()).toMatchObject([
      { code: "PACK_ENCODING", file: "places.yaml", line: 2, column: 19 },
    ]);
  });

  it.each([
    ["a folder", (file: string) => mkdir(file), /a folder/],
    ["a link to itself", (file: string) => symlink(file, file), /ELOOP/],
    ["far too large", (file: string) => writeFile(file, "#".repeat(5_000_000)), /5000000 bytes/],
  ])("a file that is %s is named", async (_, make, message) => {
    for (const name of ["places.yaml", "pack.yaml"]) {
      const file = join(dir, name);
      await rm(file, { recursive: true, force: true });
      await make(file);
      expect(await problems()).toContainEqual(
        expect.objectContaining({
          code: "PACK_FILE_UNREADABLE",
          file: name,
          message: expect.stringMatching(message),
        }),
      );
    }
  });

  it.each(["3000000000", "9007199254740991", "-200000"])("year %s is out of range", async (year) => {
    await edit("calendar.yaml", /start: \{ year: 412/, `start: { year: ${year}`);
    expect(await problems()).toMatchObject([{ code: "PACK_SHAPE", file: "calendar.yaml", line: 5 }]);
  });

  it("a grid that nobody could draw is refused before it is drawn", async () => {
    await edit("relief.yaml", /cell_km: [\d.]+/, "cell_km: 0.05");
    expect(await problems()).toMatchObject([{ code: "PACK_SHAPE", file: "relief.yaml" }]);
  });
});

describe("leap days", () => {
  const leap = "leap: { every: 4, add_days: 2, month: 2 }\n";

  it("are dates, of holidays, of the start and of the solstice", async () => {
    await edit("calendar.yaml", "latitude_deg", `${leap}latitude_deg`);
    await edit("calendar.yaml", "months: [3], days: [12, 13]", "months: [2], days: [31, 32]");
    await edit("calendar.yaml", /start: \{.*/, 'start: { year: 412, month: 2, day: 32, at: "07:00" }');
    await edit("calendar.yaml", /winter_solstice_day: 315/, "winter_solstice_day: 362");
    expect(await problems()).toEqual([]);
  });

  it("are none in other years, and there are no more of them than it says", async () => {
    await edit("calendar.yaml", "latitude_deg", `${leap}latitude_deg`);
    await edit("calendar.yaml", /start: \{.*/, 'start: { year: 413, month: 2, day: 31, at: "07:00" }');
    await edit("calendar.yaml", "months: [3], days: [12, 13]", "months: [2], days: [33]");
    await edit("calendar.yaml", /winter_solstice_day: 315/, "winter_solstice_day: 363");
    expect((await problems()).map(({ message }) => message)).toEqual([
      "start: month 2 of year 413 has 30 days, not 31",
      "the longest year has 362 days, not 363",
      "The Shearing: days go up to 32, not 33",
    ]);
  });
});

describe("land", () => {
  it("needs no river, no lake and no floor: it lies as high as its regions say", async () => {
    await writeFile(join(dir, "waters.yaml"), "rivers: []\nlakes: []\n");
    await edit("relief.yaml", /floors:[^]*?(?=\n[a-z])/, "floors: []");
    const verdict = await inspectPack(dir);
    expect(verdict.problems).toEqual([]);
    if (!("pack" in verdict)) return;
    const { cols, cellKm, elevationM } = verdict.pack.land!.relief!;
    expect(elevationM.every((height) => Number.isInteger(height) && height > -600 && height < 9_000)).toBe(
      true,
    );
    for (const region of verdict.pack.land!.regions) {
      const there = elevationM[Math.floor(region.yKm / cellKm) * cols + Math.floor(region.xKm / cellKm)]!;
      expect(Math.abs(there - region.elevationM), region.id).toBeLessThan(300);
    }
  });

  it.each([
    [
      "a river that flows into itself",
      ["waters.yaml", /flows_into: lake:mere/, "flows_into: SELF"],
      "PACK_DRAINS_IN_CIRCLE",
    ],
    [
      "a lake that lies elsewhere",
      ["waters.yaml", /region: region:[a-z-]+/, "region: region:high-pass"],
      "PACK_OUT_OF_REGION",
    ],
    [
      "a road through other regions",
      ["roads.yaml", /through: \[[^\]]*\]/, "through: [region:high-pass]"],
      "PACK_ROAD_ASTRAY",
    ],
  ] as const)("refuses %s", async (_, [file, from, to], code) => {
    const text = await readFile(join(dir, file), "utf8");
    const at = text.search(from);
    const own = /id: "?(river:[a-z-]+)(?![^]*id: "?river:)/.exec(text.slice(0, at))?.[1] ?? "";
    await edit(file, from, to.replace("SELF", own));
    const found = await problems();
    expect(found).toContainEqual(expect.objectContaining({ code, file }));
    expect(found.every(({ line }) => line > 0)).toBe(true);
  });

  it("refuses two rivers that flow into each other, and a road that never comes to a region it names", async () => {
    const text = await readFile(join(dir, "waters.yaml"), "utf8");
    const ids = [...text.matchAll(/id: "?(river:[a-z-]+)/g)].map(([, id]) => id);
    let at = 0;
    await writeFile(
      join(dir, "waters.yaml"),
      text.replaceAll(/flows_into: \S+/g, (whole) => (at < 2 ? `flows_into: ${ids[1 - at++]}` : whole)),
    );
    await edit("roads.yaml", /through: \[/, "through: [region:high-pass, region:wolfscar, ");
    const codes = (await problems()).map(({ code }) => code);
    expect(codes).toContain("PACK_ROAD_ASTRAY");
    expect(codes.filter((code) => code === "PACK_DRAINS_IN_CIRCLE").length).toBeGreaterThan(0);
  });
});
