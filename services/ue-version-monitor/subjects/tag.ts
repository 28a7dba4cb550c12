import {
  channelOf,
  isMoving,
  type MovingBranch,
  readEngineVersion,
  type Release,
  type ReleaseChannel,
} from "@orrery/engine-version";
import type { SubjectFile } from "./shape.ts";

/** A tag that names a version. */
export interface ParsedTag {
  readonly version: string;
  readonly channel: ReleaseChannel;
}

const LONGEST = 256;

/** By the subject's own patterns, or as engines call their versions where it has none. Undefined: it is no version. */
export function parseTag(
  { tags }: Pick<SubjectFile, "tags">,
  tag: string,
): ParsedTag | MovingBranch | undefined {
  if (tag.length === 0 || tag.length > LONGEST) return undefined;
  const plain = readEngineVersion(tag);
  if (plain !== undefined && isMoving(plain)) return plain;
  if (tags.length === 0) return plain && { version: plain.version, channel: channelOf(plain) };
  for (const { pattern, channel } of tags) {
    const groups = new RegExp(pattern).exec(tag)?.groups;
    const found = groups && releaseOf(groups);
    if (found !== undefined) return { version: found.version, channel: channel ?? channelOf(found) };
  }
  return undefined;
}

/** What the named groups come to: written anew, so that one normaliser decides what they mean. */
function releaseOf({
  major,
  minor = "0",
  patch = "0",
  pre,
}: Record<string, string | undefined>): Release | undefined {
  const read = readEngineVersion(`${major}.${minor}.${patch}${pre === undefined ? "" : `-${pre}`}`);
  return read === undefined || isMoving(read) ? undefined : read;
}
