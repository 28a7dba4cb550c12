import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.ts";

/** What a new world takes over as it stands: constants of the weather, and a calendar to rewrite. */
const TAKEN_OVER = ["calendar.yaml", "climates.yaml", "weather.yaml"];

/** The files of a new world pack: four regions around one river, small enough to read in a minute. */
export function packFiles(id: string): Readonly<Record<string, string>> {
  const folder = `worlds/${id}`;
  const title = id
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
  const taken = TAKEN_OVER.map((file) => {
    const text = readFileSync(join(ROOT, "worlds/hollowmere", file), "utf8");
    return [`${folder}/${file}`, text.replace(/^id: .*$/m, `id: ${id}`)] as const;
  });
  return {
    [`${folder}/pack.yaml`]: `id: ${id}\ntitle: ${title}\nsummary: Two slopes and two meadows on one river.\n`,
    [`${folder}/regions.yaml`]: regions,
    [`${folder}/waters.yaml`]: waters,
    [`${folder}/relief.yaml`]: relief,
    [`${folder}/roads.yaml`]: roads,
    [`${folder}/places.yaml`]: places,
    ...Object.fromEntries(taken),
  };
}

const regions = `# x runs east, y runs south, km from the north-west corner. Neighbours share corners by name.
width_km: 20
height_km: 16
border_roughness: 0.1

corners:
  n0: [0, 0]
  n1: [10, 0]
  n2: [20, 0]
  m0: [0, 8]
  m1: [10, 8]
  m2: [20, 8]
  s0: [0, 16]
  s1: [10, 16]
  s2: [20, 16]

regions:
  - id: region:west-slope
    name: West Slope
    at: [5, 4]
    elevation_m: 620
    exposure: 0.7
    climate: temperate
    biome: conifer_forest
    drains_to: region:west-meadow
    outline: [n0, n1, m1, m0]
  - id: region:east-slope
    name: East Slope
    at: [15, 4]
    elevation_m: 580
    exposure: 0.65
    climate: temperate
    biome: moor
    drains_to: region:east-meadow
    outline: [n1, n2, m2, m1]
  - id: region:west-meadow
    name: West Meadow
    at: [5, 12]
    elevation_m: 340
    exposure: 0.35
    climate: temperate
    biome: farmland
    drains_to: region:east-meadow
    outline: [m0, m1, s1, s0]
  - id: region:east-meadow
    name: East Meadow
    at: [15, 12]
    elevation_m: 300
    exposure: 0.4
    climate: temperate
    biome: meadow
    outline: [m1, m2, s2, s1]
`;

const waters = `# Points are [x_km, y_km, elevation_m] from source to mouth.
rivers:
  - id: river:long-water
    name: the Long Water
    order: 1
    width_m: [2, 18]
    through: [region:west-slope, region:west-meadow, region:east-meadow]
    course:
      - [4, 3, 690]
      - [5, 7, 470]
      - [7, 11, 345]
      - [13, 12.4, 310]
      - [20, 12.8, 285]
`;

const relief = `# Crests by hand, [x_km, y_km, elevation_m]; floors follow waters.yaml; noise of the seed fills in between.
cell_km: 0.25
seed: 1
roughness_m: 120
sharpness: 1

ridges:
  - name: the North Rim
    crest: [[0, 0.6, 980], [6, 1.2, 1120], [12, 0.8, 1040], [20, 1, 820]]
`;

const roads = `roads:
  - id: place:road-river
    name: the River Road
    kind: road
    through: [region:west-meadow, region:east-meadow]
    course:
      - [2, 12]
      - [8, 12.2]
      - [15, 11.4]
`;

const places = `places:
  - { id: "place:ford", name: Ford, kind: village, region: "region:west-meadow", at: [8, 12.2] }
`;
