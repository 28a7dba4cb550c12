import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { heldProblems } from "./held.ts";
import { describeProblem, type Problem } from "./problem.ts";
import { inspectPack, readPack } from "./read.ts";

const HOLLOWMERE = join(import.meta.dirname, "../../worlds/hollowmere");
const copies: string[] = [];
afterAll(() => Promise.all(copies.map((dir) => rm(dir, { recursive: true }))));

/** Problems of a Hollowmere in which one text of one file is another. */
async function spoilt(
  file: string,
  from: string,
  to: string,
): Promise<{ problems: readonly Problem[]; line: number }> {
  const dir = await mkdtemp(join(tmpdir(), "pack-"));
  copies.push(dir);
  await cp(HOLLOWMERE, dir, { recursive: true });
  const text = await readFile(join(dir, file), "utf8");
  expect(text).toContain(from);
  await writeFile(join(dir, file), text.replace(from, to));
  const line = text.slice(0, text.indexOf(from)).split("\n").length;
  return { problems: (await inspectPack(dir)).problems, line };
}

describe("Hollowmere", () => {
  it("is a valid pack of sixteen regions on 60 x 40 km", async () => {
    const { pack } = await readPack(HOLLOWMERE);
    expect(pack.land).toMatchObject({ widthKm: 60, heightKm: 40 });
    expect(pack.land?.regions).toHaveLength(16);
    expect(pack.calendar).toMatchObject({ startGs: 25_200, winterSolsticeDay: 315, latitudeDeg: 47 });
  });

  it("has the same digest each time it is read", async () => {
    expect((await readPack(HOLLOWMERE)).digest).toBe((await readPack(HOLLOWMERE)).digest);
  });

  it("draws outlines whose areas add up to the map", async () => {
    const { pack } = await readPack(HOLLOWMERE);
    const area = (points: { xKm: number; yKm: number }[]) =>
      points.reduce(
        (sum, a, i) =>
          sum + a.xKm * points[(i + 1) % points.length]!.yKm - points[(i + 1) % points.length]!.xKm * a.yKm,
        0,
      ) / 2;
    const sum = pack.land!.regions.reduce((total, { outline }) => total + Math.abs(area(outline)), 0);
    expect(sum).toBeCloseTo(2_400, 4);
  });

  it("lies about as high as its regions say", async () => {
    const { pack } = await readPack(HOLLOWMERE);
    const { cols, cellKm, elevationM } = pack.land!.relief!;
    for (const region of pack.land!.regions) {
      const there = elevationM[Math.floor(region.yKm / cellKm) * cols + Math.floor(region.xKm / cellKm)]!;
      expect(Math.abs(there - region.elevationM), region.id).toBeLessThan(200);
    }
  });
});

describe("a mistake is named with its code, its place and what was meant", () => {
  const cases: [string, string, string, string, Partial<Problem>][] = [
    [
      "regions.yaml",
      "drains_to: region:larchdale",
      "drains_to: region:larchdal",
      "PACK_UNKNOWN_REGION",
      { hint: 'Did you mean "region:larchdale"' },
    ],
    [
      "regions.yaml",
      "climate: temperate",
      "climate: tempered",
      "PACK_UNKNOWN_CLIMATE",
      { hint: 'Did you mean "temperate"' },
    ],
    ["regions.yaml", "drains_to: region:meremouth", "drains_to: region:high-pass", "PACK_UPHILL", {}],
    ["regions.yaml", "id: region:wolfscar", "id: region:larchdale", "PACK_DUPLICATE_ID", {}],
    ["regions.yaml", "outline: [n0, n1, a1, a0]", "outline: [n0, a1, n1, a0]", "PACK_OUTLINE_CROSSES", {}],
    ["regions.yaml", "outline: [n0, n1, a1, a0]", "outline: [n0, n1, n0]", "PACK_OUTLINE_OPEN", {}],
    ["regions.yaml", "outline: [n0, n1, a1, a0]", "outline: [n0, n1, a2, a0]", "PACK_LAND_GAP", {}],
    ["regions.yaml", "outline: [n0, n1, a1, a0]", "outline: [n0, n1, a11, a0]", "PACK_UNKNOWN_CORNER", {}],
    ["regions.yaml", "exposure: 0.95", "exposure: 9.5", "PACK_SHAPE", {}],
    [
      "regions.yaml",
      "exposure: 0.95",
      "exposed: 0.95",
      "PACK_UNKNOWN_KEY",
      { hint: 'Did you mean "exposure"' },
    ],
    ["waters.yaml", "- [7, 17.2, 610]", "- [30, 17.2, 610]", "PACK_RIVER_ASTRAY", {}],
    ["waters.yaml", "- [7, 17.2, 610]", "- [7, 17.2, 910]", "PACK_UPHILL", {}],
    [
      "waters.yaml",
      "flows_into: lake:mere",
      "flows_into: lake:meer",
      "PACK_UNKNOWN_WATER",
      { hint: 'Did you mean "lake:mere"' },
    ],
    ["places.yaml", "at: [36.9, 24.7]", "at: [3.9, 24.7]", "PACK_OUT_OF_REGION", {}],
    ["calendar.yaml", "start_day: 271", "start_day: 371", "PACK_CALENDAR", {}],
    ["calendar.yaml", "winter_solstice_day: 315", "winter_solstice_day: 400", "PACK_CALENDAR", {}],
    ["climates.yaml", "low: 0.26", "low: 0.36", "PACK_SHARES", {}],
    ["weather.yaml", "fog: 0.40", "fog: 0.20", "PACK_THRESHOLDS", {}],
    ["weather.yaml", "  fog: 0.40", "  fog: [0.40", "PACK_SYNTAX", {}],
    ["collections.yaml", "name: map-pins", "name: profiles", "PACK_COLLECTION_TAKEN", {}],
    ["collections.yaml", "name: map-pins", "name: house-decor", "PACK_DUPLICATE_ID", {}],
    ["collections.yaml", "name: map-pins", "name: Map Pins", "PACK_SHAPE", {}],
    ["collections.yaml", "max_bytes: 1024", "max_bytes: 300000", "PACK_SHAPE", {}],
    [
      "collections.yaml",
      "max_bytes: 1024",
      "max_byte: 1024",
      "PACK_UNKNOWN_KEY",
      { hint: 'Did you mean "max_bytes"' },
    ],
    ["collections.yaml", "versions: 10, days: 7", "versions: 2000, days: 7", "PACK_SHAPE", {}],
    ["collections.yaml", "indexes: [/region]", "indexes: [region]", "PACK_SHAPE", {}],
    ["collections.yaml", "indexes: [/region]", "indexes: [/a, /a]", "PACK_COLLECTION", {}],
    [
      "collections.yaml",
      "read: public",
      "value: weather.v1.WeatherChangd",
      "PACK_UNKNOWN_TYPE",
      { hint: 'Did you mean "weather.v1.WeatherChanged"' },
    ],
    ["collections.yaml", "indexes: [/house]", "value: state.v1.Slot", "PACK_COLLECTION", {}],
    ["collections.yaml", "x_km: { type: number,", "x_km: { type: nummer,", "PACK_SCHEMA", {}],
    ["collections.yaml", "label: { type: string,", 'label: { $ref: "#/none",', "PACK_SCHEMA", {}],
  ];
  const elsewhere = new Set([
    "PACK_LAND_GAP",
    "PACK_DUPLICATE_ID",
    "PACK_SYNTAX",
    "PACK_COLLECTION",
    "PACK_SCHEMA",
  ]);
  it.each(cases)("%s: %s -> %s gives %s", async (file, from, to, code, rest) => {
    const { problems, line } = await spoilt(file, from, to);
    expect(problems.map((problem) => problem.code)).toContain(code);
    const problem = problems.find((candidate) => candidate.code === code)!;
    expect(problem).toMatchObject({ file, ...rest });
    // A value that no longer agrees may be reported where the other half stands.
    if (!elsewhere.has(code)) expect(problem.line).toBe(line);
    else expect(problem.line).toBeGreaterThan(0);
  });

  it("a missing file is named", async () => {
    const dir = await mkdtemp(join(tmpdir(), "pack-"));
    copies.push(dir);
    await cp(HOLLOWMERE, dir, { recursive: true });
    await rm(join(dir, "roads.yaml"));
    expect((await inspectPack(dir)).problems).toMatchObject([
      { code: "PACK_FILE_MISSING", file: "roads.yaml" },
    ]);
  });

  it("collections may be missing: then a world keeps what every world keeps", async () => {
    const dir = await mkdtemp(join(tmpdir(), "pack-"));
    copies.push(dir);
    await cp(HOLLOWMERE, dir, { recursive: true });
    await rm(join(dir, "collections.yaml"));
    expect((await readPack(dir)).pack.collections).toEqual([]);
  });

  it("what a running world cannot take up is named where it stands, or as taken out", async () => {
    const read = await readPack(HOLLOWMERE);
    const text = await readFile(join(HOLLOWMERE, "collections.yaml"), "utf8");
    const lines = text.split("\n");
    const about = { code: "STATE_COLLECTION_HELD", message: "m", todo: "t" };
    const problems = heldProblems(read, [
      { ...about, collection: "house-decor", field: "schema" },
      { ...about, collection: "map-pins", field: "" },
      { ...about, collection: "no-more", field: "" },
    ]);
    const schema = lines.findLastIndex((line) => line === "    schema:") + 1;
    const name = lines.indexOf("  - name: map-pins") + 1;
    expect(problems.map(({ line }) => line)).toEqual([schema + 1, name, 0]);
    expect(problems.map(describeProblem)[1]).toBe(`collections.yaml:${name}:11 STATE_COLLECTION_HELD: m. t.`);
  });

  it("all mistakes come at once in the refusal, each on a line", async () => {
    const dir = await mkdtemp(join(tmpdir(), "pack-"));
    copies.push(dir);
    await cp(HOLLOWMERE, dir, { recursive: true });
    await writeFile(join(dir, "pack.yaml"), "id: Bad Id\ntitle: x\nsummray: y\n");
    await expect(readPack(dir)).rejects.toThrow(
      /pack\.yaml:1:5 PACK_SHAPE[\s\S]*pack\.yaml:3:1 PACK_UNKNOWN_KEY: "summray"[\s\S]*Did you mean "summary"/,
    );
    await expect(readPack(join(dir, "nowhere"))).rejects.toMatchObject({ code: "PACK_NOT_FOUND" });
  });
});
