import { z } from "zod";
import { momentOf, readJson } from "../feeds/json.ts";
import { type Entry, entryOf } from "../sightings/entry.ts";

const own = z.object({
  tag: z.string().min(1),
  notes: z.string().default(""),
  notes_url: z.string().default(""),
  released_ms: z.number().default(0),
  security: z.boolean().default(false),
  commit: z.string().default(""),
});

/** GitHub's event `release`. */
const release = z.object({
  action: z.string(),
  release: z.object({
    tag_name: z.string(),
    draft: z.boolean().default(false),
    prerelease: z.boolean().default(false),
    html_url: z.string().default(""),
    body: z.string().nullish(),
    published_at: z.string().nullish(),
  }),
});

/** GitHub's event `create`. */
const created = z.object({ ref: z.string(), ref_type: z.string() });

/** What a message tells of; undefined: nothing that is watched. @throws ENGINE_FEED */
export function readMessage(place: string, event: string, text: string): Entry | undefined {
  if (event === "") {
    const { notes_url: notesUrl, released_ms: releasedMs, ...rest } = readJson(place, text, own);
    return entryOf({ ...rest, notesUrl, releasedMs });
  }
  if (event === "create") {
    const { ref, ref_type: kind } = readJson(place, text, created);
    return kind === "tag" ? entryOf({ tag: ref }) : undefined;
  }
  if (event !== "release") return undefined;
  const { action, release: one } = readJson(place, text, release);
  if (one.draft || !["published", "released", "prereleased", "edited"].includes(action)) return undefined;
  return entryOf({
    tag: one.tag_name,
    prerelease: one.prerelease,
    notesUrl: one.html_url,
    notes: one.body ?? "",
    releasedMs: momentOf(one.published_at),
  });
}
