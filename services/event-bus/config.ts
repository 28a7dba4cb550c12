import { z } from "zod";
import { readRetention } from "./retention/setting.ts";

export const config = z.object({
  /** GiB of files and index together, 0.001..65,536; at 95 % what may go goes early, then intake waits. */
  journalBudgetGib: z.coerce.number().min(0.001).max(65_536).default(5),
  /** MiB of one file of frames, 1..4,096; a file that is full is packed and pruned. */
  journalSegmentMib: z.coerce.number().min(1).max(4_096).default(64),
  /** How long types are kept, in place of what their contracts say: `<type>=forever|days:7|game_days:7|latest:3`, comma between. */
  retention: z
    .string()
    .default("")
    .transform((text, ctx) => {
      try {
        return readRetention(text);
      } catch (error) {
        ctx.addIssue({ code: "custom", message: (error as Error).message });
        return z.NEVER;
      }
    }),
  /** `on`: webhooks may go to private addresses and without TLS, for development and networks of one's own. */
  webhookPrivate: z.enum(["on", "off"]).default("off"),
});

export type Config = z.output<typeof config>;
