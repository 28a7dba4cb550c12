import { z } from "zod";
import { TIER_NAMES } from "./write/quota.ts";

export const config = z.object({
  /** Limits of every player, until tiers are told by events. */
  tier: z.enum(TIER_NAMES).default("free"),
  /** Writes that may wait for a commit; more are refused with STATE_BUSY. */
  queueLimit: z.coerce.number().int().min(1).default(500),
  /** Largest cache of objects, MiB. */
  cacheMb: z.coerce.number().min(0.001).default(64),
  /** Keys (base64 of SPKI, comma between them) of other deployments whose slot files may be imported. */
  trustedKeys: z.string().default(""),
});
export type Config = z.output<typeof config>;
