import { join } from "node:path";
import { readPack } from "@orrery/pack";
import type { Pack } from "@orrery/schema/world/v1";
import { type Model, modelOf } from "./model.ts";

const read = readPack(join(import.meta.dirname, "../../worlds/hollowmere"));

/** The pack that this project ships, for tests and measurements. */
export async function hollowmere(): Promise<Pack> {
  return structuredClone((await read).pack);
}

export async function hollowmereModel(): Promise<Model> {
  const { land, climates, weather: rules, calendar } = await hollowmere();
  return modelOf({ land, climates, rules, calendar });
}
