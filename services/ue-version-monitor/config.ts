import { z } from "zod";

export const config = z.object({
  /** An engines.yaml in place of the one that comes with the service; empty: that one. Files that it names lie beside it. */
  enginesFile: z.string().default(""),
  /** Whether sources outside of this machine are read. Off: files and pushes alone. */
  live: z.enum(["on", "off"]).default("off"),
  /** Whether jobs may start programs of the allow-list. */
  commandRunner: z.enum(["allow", "deny"]).default("deny"),
  /** A YAML file: by subject, the program to start and its arguments. */
  commandList: z.string().default(""),
  /** Where jobs of the `http` runner are posted; empty: nowhere. */
  jobsUrl: z.string().default(""),
  /** Signs jobs and notices; whoever gets them holds the signature against it. */
  jobsSecret: z.string().default(""),
  /** Where notices are posted; empty: the log alone. */
  noticesUrl: z.string().default(""),
});
export type Config = z.output<typeof config>;
