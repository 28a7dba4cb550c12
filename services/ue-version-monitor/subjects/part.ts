import type { Part } from "@orrery/service";
import { OrreryError } from "@orrery/wire";
import type { Config } from "../config.ts";
import { engineErrors } from "../errors.ts";
import { readWatched, type Watched } from "./read.ts";
import type { SubjectFile } from "./shape.ts";

export interface Subjects extends Watched {
  /** @throws ENGINE_UNKNOWN_SUBJECT */
  must(subjectId: string): SubjectFile;
}

/** What is watched: read once, and again at the next start. */
export const subjects: Part<Subjects> = {
  name: "subjects",
  publishes: [],
  subscribes: [],
  async start(kit) {
    const watched = readWatched((kit.config as Config).enginesFile);
    return {
      handle: {
        ...watched,
        must(subjectId) {
          const subject = watched.subjects.get(subjectId);
          if (subject !== undefined) return subject;
          const there = [...watched.subjects.keys()].join(", ") || "none";
          throw new OrreryError(engineErrors.ENGINE_UNKNOWN_SUBJECT, {
            given: `${JSON.stringify(subjectId.slice(0, 80))}; there are ${there}`,
          });
        },
      },
      async stop() {},
    };
  },
};
