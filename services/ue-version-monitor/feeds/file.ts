import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { OrreryError } from "@orrery/wire";
import { z } from "zod";
import { engineErrors } from "../errors.ts";
import { entryOf } from "../sightings/entry.ts";
import { readYaml } from "../subjects/read-yaml.ts";
import { momentOf } from "./json.ts";
import { keptEntry, type Reader } from "./reader.ts";

const shape = z.array(
  z.strictObject({
    tag: z.string().min(1),
    commit: z.string().default(""),
    /** A day. */
    released: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, "a day, like 2026-11-30")
      .optional(),
    notes_url: z.string().default(""),
    notes: z.string().default(""),
    security: z.boolean().default(false),
    withdrawn: z.boolean().default(false),
  }),
);

/** A YAML file of tags beside the one that names it. */
export const readFileFeed: Reader = async ({ source, before, folder }) => {
  const path = isAbsolute(source.url) ? source.url : join(folder, source.url);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new OrreryError(engineErrors.ENGINE_FEED, { given: `${source.url} cannot be read`, cause });
  }
  const etag = createHash("sha256").update(text).digest("hex");
  const known = before?.pages[0];
  const { value } = readYaml(source.url, text, shape, "ENGINE_FEED");
  const entries = value.map(({ released, notes_url: notesUrl, ...rest }) =>
    entryOf({ ...rest, notesUrl, releasedMs: momentOf(released) }),
  );
  return {
    unchanged: known?.etag === etag,
    entries,
    whole: true,
    kept: { pages: [{ url: source.url, etag, entries: entries.map(keptEntry) }], whole: true },
  };
};
