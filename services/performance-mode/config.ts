import { z } from "zod";

export const config = z.object({
  /** Changes that may wait for a commit; more are refused. */
  queueLimit: z.coerce.number().int().min(1).default(20_000),
  /** Players whose rows are held in memory for their calls; what sessions need is held beside them. */
  cachedPlayers: z.coerce.number().int().min(1).default(2_000),
});
export type Config = z.output<typeof config>;
