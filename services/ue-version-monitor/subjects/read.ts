import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMoving, readEngineVersion, versionRange } from "@orrery/engine-version";
import { OrreryError } from "@orrery/wire";
import { z } from "zod";
import { engineErrors } from "../errors.ts";
import { readYaml } from "./read-yaml.ts";
import { type SourceFile, type SubjectFile, subjectShape } from "./shape.ts";

/** A source with whose it is. */
export interface WatchedSource extends SourceFile {
  readonly subjectId: string;
}

/** What is watched, and where. */
export interface Watched {
  readonly subjects: ReadonlyMap<string, SubjectFile>;
  readonly sources: ReadonlyMap<string, WatchedSource>;
  /** Where files that sources name lie. */
  readonly folder: string;
}

const SHIPPED = join(import.meta.dirname, "..", "engines.yaml");

/** @param file empty: the one that comes with the service. @throws ENGINE_SUBJECTS with file and line */
export function readWatched(file: string): Watched {
  const path = file === "" ? SHIPPED : file;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new OrreryError(engineErrors.ENGINE_SUBJECTS, { given: `${path} cannot be read`, cause });
  }
  const { value, fail } = readYaml(path, text, z.array(subjectShape));
  const subjects = new Map<string, SubjectFile>();
  const sources = new Map<string, WatchedSource>();
  for (const [at, subject] of value.entries()) {
    if (subjects.has(subject.id)) fail([at, "id"], `${subject.id} is there twice`);
    if (subject.current !== undefined) {
      const read = readEngineVersion(subject.current);
      if (read === undefined || isMoving(read)) fail([at, "current"], `${subject.current} is no version`);
    }
    for (const [place, { range }] of subject.ignore.entries())
      if (versionRange(range) === undefined) fail([at, "ignore", place, "range"], `${range} is no range`);
    subjects.set(subject.id, subject);
    for (const [place, source] of subject.sources.entries()) {
      if (sources.has(source.id)) fail([at, "sources", place, "id"], `${source.id} is there twice`);
      sources.set(source.id, { ...source, subjectId: subject.id });
    }
  }
  return { subjects, sources, folder: dirname(path) };
}
