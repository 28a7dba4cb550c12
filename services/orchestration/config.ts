import { z } from "zod";

export const config = z.object({
  /** Calls that may wait for a commit; more are refused with ORCH_BUSY. */
  queueLimit: z.coerce.number().int().min(1).default(20_000),
  /** Calls of other services under way at once. */
  callsInAll: z.coerce.number().int().min(1).default(256),
  /** The same of one service. */
  callsPerTarget: z.coerce.number().int().min(1).default(16),
});
export type Config = z.output<typeof config>;
