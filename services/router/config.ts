import { z } from "zod";

const list = (text: string) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

export const config = z.object({
  /** Browser origins that may connect besides the console's own; comma separated. */
  origins: z.string().default("").transform(list),
  /** `on`: issue guest and admin tokens here. Never with NODE_ENV=production. */
  developmentIssuer: z.enum(["on", "off"]).default("on"),
  /** Issuer whose tokens are trusted besides the development issuer. */
  issuer: z.string().default(""),
  /** Where that issuer's keys are. */
  jwksUrl: z.string().default(""),
  audience: z.string().default("orrery"),
  /** Batches a second of one client. */
  clientEventHz: z.coerce.number().min(1).max(60).default(20),
  /** Folder of the console's files; empty: none is served. */
  consoleFolder: z.string().default(""),
});

export type RouterConfig = z.output<typeof config>;
