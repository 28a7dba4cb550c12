import { z } from "zod";
import { id, name, whole, within } from "./number.ts";

const WEEK_H = 168;
const FAR_M = 20_000;
const text = z.string().trim().min(1).max(200);

/** `things.yaml`: what stands at a place, and what may be done with it. Each says at least one thing that may. */
export const thingsShape = z.strictObject({
  things: z
    .array(
      z
        .strictObject({
          id: id("object"),
          name,
          at: z.string(),
          /** What somebody sees who looks at it. */
          seen: text,
          /** It can be rung, and is heard so far. */
          ring: z.strictObject({ heard_m: within(1, FAR_M) }).optional(),
          /** It can be opened and closed; whether it is open in the beginning. */
          open: z.boolean().optional(),
          /** It can be barred, and then nobody passes that road, or that stretch of it, until somebody opens it. */
          bar: z
            .strictObject({
              road: z.string(),
              keeper: z.string().optional(),
              keeper_after_h: within(0, WEEK_H).default(2),
              opens_after_h: within(1, WEEK_H),
            })
            .optional(),
          /** It can be used: what comes of it, in a sentence. */
          use: text.optional(),
          /** So many of it are there, to be taken and put back. */
          take: whole(1, 1_000).optional(),
        })
        .refine(
          ({ ring, open, bar, use, take }) => [ring, open, bar, use, take].some((one) => one !== undefined),
          {
            error: "must say what may be done with it: `ring`, `open`, `bar`, `use` or `take`",
          },
        ),
    )
    .max(1_000)
    .default([]),
});
