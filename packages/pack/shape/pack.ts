import { z } from "zod";
import { name, slug } from "./number.ts";

export const packShape = z.strictObject({
  id: slug,
  title: name,
  summary: z.string().trim().min(1).max(300),
});
