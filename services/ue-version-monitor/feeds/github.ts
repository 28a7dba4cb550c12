import { z } from "zod";
import { entryOf } from "../sightings/entry.ts";
import { momentOf, readJson } from "./json.ts";
import { readPages } from "./pages.ts";
import type { Reader } from "./reader.ts";

const ACCEPT = "application/vnd.github+json";

const tags = z.array(
  z.object({ name: z.string(), commit: z.object({ sha: z.string().regex(/^[0-9a-f]{40,64}$/) }) }),
);

/** `GET /repos/{owner}/{repo}/tags`: by name, without any day. */
export const readGithubTags: Reader = (ask) =>
  readPages(ask, ACCEPT, (place, body) =>
    readJson(place, body, tags).map(({ name: tag, commit }) => entryOf({ tag, commit: commit.sha })),
  );

const releases = z.array(
  z.object({
    tag_name: z.string(),
    draft: z.boolean().default(false),
    prerelease: z.boolean().default(false),
    html_url: z.string().default(""),
    body: z.string().nullish(),
    published_at: z.string().nullish(),
  }),
);

/** `GET /repos/{owner}/{repo}/releases`: with notes; those that are not out yet are passed over. */
export const readGithubReleases: Reader = (ask) =>
  readPages(ask, ACCEPT, (place, body) =>
    readJson(place, body, releases)
      .filter(({ draft }) => !draft)
      .map((release) =>
        entryOf({
          tag: release.tag_name,
          prerelease: release.prerelease,
          notesUrl: release.html_url,
          notes: release.body ?? "",
          releasedMs: momentOf(release.published_at),
        }),
      ),
  );
