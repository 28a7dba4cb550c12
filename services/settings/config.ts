import { z } from "zod";

export const config = z.object({
  /** A tiers.yaml in place of the one that comes with the service; empty: that one. */
  tiersFile: z.string().default(""),
  /** Writes that may wait for a commit; more are refused. */
  queueLimit: z.coerce.number().int().min(1).default(5_000),
  /** Players whose rows are held in memory. */
  cachedPlayers: z.coerce.number().int().min(1).default(10_000),
});
export type Config = z.output<typeof config>;
