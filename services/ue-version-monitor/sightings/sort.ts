import type { MovingBranch } from "@orrery/engine-version";
import { createHash } from "node:crypto";
import { Channel } from "@orrery/schema/engine/v1";
import type { SubjectFile } from "../subjects/shape.ts";
import { CHANNELS } from "../subjects/state.ts";
import { parseTag } from "../subjects/tag.ts";
import type { Entry } from "./entry.ts";

/** An entry that names a version. */
export interface Told extends Entry {
  readonly version: string;
  readonly channel: Channel;
  /** Hex; empty: it has none. */
  readonly notesSha256: string;
}

/** What the tags of a reading are. */
export interface Sorted {
  /** One a version. */
  readonly versions: ReadonlyMap<string, Told>;
  readonly branches: readonly (MovingBranch & { readonly commit: string })[];
  /** Tags that are neither. */
  readonly unparsed: number;
}

/** Takes tags as what they mean, in whatever order they come. */
export function sortEntries(file: Pick<SubjectFile, "tags">, entries: readonly Entry[]): Sorted {
  const versions = new Map<string, Told>();
  const branches: (MovingBranch & { commit: string })[] = [];
  let unparsed = 0;
  for (const entry of entries) {
    const parsed = parseTag(file, entry.tag);
    if (parsed === undefined) unparsed += 1;
    else if ("branch" in parsed) branches.push({ ...parsed, commit: entry.commit });
    else {
      const { version } = parsed;
      const channel =
        entry.prerelease && parsed.channel === "stable" ? Channel.PREVIEW : CHANNELS[parsed.channel];
      const told = { ...entry, version, channel, notesSha256: digestOf(entry.notes) };
      const before = versions.get(version);
      if (before === undefined || isPlainer(told.tag, before.tag)) versions.set(version, told);
    }
  }
  return { versions, branches, unparsed };
}

const digestOf = (notes: string): string =>
  notes === "" ? "" : createHash("sha256").update(notes).digest("hex");

/** Of two tags of one version always the same one counts. */
const isPlainer = (a: string, b: string): boolean => a.length < b.length || (a.length === b.length && a < b);
