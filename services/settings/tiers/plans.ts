import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { Tier, type TierLimits, TierLimitsSchema } from "@orrery/schema/settings/v1";
import { type Part, serviceErrors } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import { parse } from "yaml";
import { z } from "zod";
import type { Config } from "../config.ts";

/** The limits of each tier. */
export interface Plans {
  readonly all: readonly { readonly tier: Tier; readonly limits: TierLimits }[];
  limits(tier: Tier): TierLimits;
}

const count = z.int().min(0).max(4_294_967_295);
const limitsShape = z.strictObject({
  characters: count,
  worlds_owned: count,
  storage_mb: count,
  interactive_per_min: count,
  background_per_min: count,
  scenes_per_hour: count,
  scenes_per_day: count,
  deep_per_day: count,
  model_micros_per_day: count,
  queue_weight: count.min(1),
  settings_writes_per_min: count.min(1),
});
const tiersShape = z.strictObject({ free: limitsShape, premium: limitsShape, patron: limitsShape });

const OWN = join(import.meta.dirname, "..", "tiers.yaml");

/** @throws SERVICE_CONFIG_INVALID with the place in the file */
export function plansFrom(text: string, file: string): Plans {
  const read = tiersShape.safeParse(parse(text));
  if (!read.success)
    throw new OrreryError(serviceErrors.SERVICE_CONFIG_INVALID, {
      given: `${file}: ${read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
    });
  const { free, premium, patron } = read.data;
  const all = [
    { tier: Tier.FREE, limits: limitsOf(free) },
    { tier: Tier.PREMIUM, limits: limitsOf(premium) },
    { tier: Tier.PATRON, limits: limitsOf(patron) },
  ];
  const byTier = new Map<Tier, TierLimits>(all.map(({ tier, limits }) => [tier, limits]));
  return { all, limits: (tier) => byTier.get(tier) ?? (byTier.get(Tier.FREE) as TierLimits) };
}

const limitsOf = (of: z.infer<typeof limitsShape>): TierLimits =>
  create(TierLimitsSchema, {
    characters: of.characters,
    worldsOwned: of.worlds_owned,
    storageMb: of.storage_mb,
    interactivePerMin: of.interactive_per_min,
    backgroundPerMin: of.background_per_min,
    scenesPerHour: of.scenes_per_hour,
    scenesPerDay: of.scenes_per_day,
    deepPerDay: of.deep_per_day,
    modelMicrosPerDay: of.model_micros_per_day,
    queueWeight: of.queue_weight,
    settingsWritesPerMin: of.settings_writes_per_min,
  });

export const plans: Part<Plans> = {
  name: "plans",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const { tiersFile } = kit.config as Config;
    const file = tiersFile || OWN;
    return { handle: plansFrom(await readFile(file, "utf8"), file), async stop() {} };
  },
};
