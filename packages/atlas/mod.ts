export { type Atlas, type AtlasPlace, createAtlas } from "./atlas.ts";
export { along, distance, type Spot } from "./geometry.ts";
export { type Leg, type Way } from "./way.ts";
export { type Motion, whereIs } from "./motion.ts";
