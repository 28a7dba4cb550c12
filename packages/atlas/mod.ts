export { type Atlas, type AtlasPlace, type Away, createAtlas } from "./atlas.ts";
export { along, distance, type Spot } from "./geometry.ts";
export { type Nearby, placesNear, settlementsFrom } from "./nearby.ts";
export { passes, type Stretch, stretchOf } from "./stretch.ts";
export { type Leg, type Way } from "./way.ts";
export { type Motion, whereIs } from "./motion.ts";
