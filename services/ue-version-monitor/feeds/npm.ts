import { z } from "zod";
import { entryOf } from "../sightings/entry.ts";
import { readJson } from "./json.ts";
import { readPages } from "./pages.ts";
import type { Reader } from "./reader.ts";

/** The short form: the whole one of a large package is beyond any limit. */
const ACCEPT = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

const packument = z.object({
  versions: z.record(z.string(), z.object({ deprecated: z.union([z.string(), z.boolean()]).optional() })),
});

/** Of a registry of packages. One that is deprecated counts as withdrawn. */
export const readNpm: Reader = (ask) =>
  readPages(ask, ACCEPT, (place, body) =>
    Object.entries(readJson(place, body, packument).versions).map(([tag, { deprecated }]) =>
      entryOf({ tag, withdrawn: deprecated !== undefined && deprecated !== false && deprecated !== "" }),
    ),
  );
