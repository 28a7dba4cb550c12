import type { SourceFile } from "../subjects/shape.ts";
import { readFileFeed } from "./file.ts";
import { readGithubReleases, readGithubTags } from "./github.ts";
import { readNpm } from "./npm.ts";
import type { Reader } from "./reader.ts";
import { readSyndication } from "./syndication.ts";

/** How each kind is read; one that is pushed is not. */
const READERS: Readonly<Record<Exclude<SourceFile["kind"], "push">, Reader>> = {
  "github-tags": readGithubTags,
  "github-releases": readGithubReleases,
  npm: readNpm,
  feed: readSyndication,
  file: readFileFeed,
};

export const readerOf = (kind: SourceFile["kind"]): Reader | undefined =>
  kind === "push" ? undefined : READERS[kind];

/** A source of this kind, where it goes far enough, lists all that there is. */
export const listsAll = (kind: SourceFile["kind"]): boolean => kind !== "push" && kind !== "feed";
