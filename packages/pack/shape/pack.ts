import { z } from "zod";
import { name, slug } from "./number.ts";

export const packShape = z.strictObject({
  id: slug,
  title: name,
  /** Where players come in; otherwise the first town. */
  gate: z.string().optional(),
  summary: z.string().trim().min(1).max(300),
});
