import { z } from "zod";

export const config = z.object({
  /** `on`: webhooks may go to private addresses and without TLS, for development and networks of one's own. */
  webhookPrivate: z.enum(["on", "off"]).default("off"),
});

export type Config = z.output<typeof config>;
