import semver from "semver";

/** A build that has a place among the versions of its engine. */
export interface Release {
  /** Semantic version: `5.8.3`, `5.0.0-early-access.2`. */
  readonly version: string;
  /** It came before the version that it is named after. */
  readonly isPreview: boolean;
  /** Number of the change it was built from; undefined: not told, or of a build of one's own. */
  readonly changelist: string | undefined;
  /** It was built from: `UE5/Release-5.8`. */
  readonly branch: string | undefined;
}

/** Where a version comes out: made anew each night, for those who try what comes, or for all. */
export type ReleaseChannel = "stable" | "preview" | "nightly";

/** A branch that goes on: what it holds is told by a commit alone, and it has no place among versions. */
export interface MovingBranch {
  readonly branch: string;
  /** `4.27` */
  readonly series: string | undefined;
}

const LONGEST = 256;
const NUMBERS = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?/i;
/**
 * Unreal writes `-changelist+++Stream+Branch` behind its version, and 0 for a build of one's own. Without a branch a number
 * as small as those of packages' prereleases is one: `1.0.0-0`.
 */
const BUILT = /^-(?:(\d{1,15})\+\+\+(.+)|(\d{5,15}))$/;
const BRANCH = /^\+\+(.+)$/;
/** As tags are called that stand for the version itself; a number behind it says that it was tagged again. */
const FINAL = /^-(release|final|ga)(?:[-.]?\d{1,4})?$/i;
const NIGHTLY = /^(?:nightly|canary|dev|main|snapshot|next)(?:[.-]|\d|$)/i;
const PLUS = /^-(plus|release-plus|main)$/i;

/**
 * What an engine, a tag or a release page calls a version.
 * @returns undefined for what is none
 */
export function readEngineVersion(given: string): Release | MovingBranch | undefined {
  const text = given.trim().replace(/^(?:UE[_-]?|Unreal Engine )(?=\d)/i, "");
  if (text.length === 0 || text.length > LONGEST) return undefined;
  const stream = BRANCH.exec(text)?.[1];
  if (stream !== undefined) return moving(stream.replaceAll("+", "/"));
  const [numbers, major, minor = "0", patch = "0"] = NUMBERS.exec(text) ?? [];
  if (numbers === undefined) return undefined;
  const version = `${Number(major)}.${Number(minor)}.${Number(patch)}`;
  const behind = text.slice(numbers.length);
  if (behind === "" || FINAL.test(behind)) return release(version);
  if (PLUS.test(behind)) return moving(text);
  const [, built, from, alone] = BUILT.exec(behind) ?? [];
  const changelist = built ?? alone;
  if (changelist !== undefined)
    return release(version, {
      changelist: changelist === "0" ? undefined : changelist,
      branch: from?.replaceAll("+", "/"),
    });
  return preview(version, behind);
}

/** By its own name; what its source says of it may be another thing. */
export function channelOf({ version, isPreview }: Pick<Release, "version" | "isPreview">): ReleaseChannel {
  if (!isPreview) return "stable";
  return NIGHTLY.test(version.slice(version.indexOf("-") + 1)) ? "nightly" : "preview";
}

export const isMoving = (read: Release | MovingBranch): read is MovingBranch => !("version" in read);

function release(version: string, built: Partial<Pick<Release, "changelist" | "branch">> = {}): Release {
  return { version, isPreview: false, changelist: undefined, branch: undefined, ...built };
}

/** `-preview-2` counts: the tenth comes after the second. */
function preview(version: string, behind: string): Release | undefined {
  const parsed = semver.parse(`${version}${behind.replace(/(?<=[a-z])[-_]?(\d+)(?=$|[.+])/gi, ".$1")}`);
  if (parsed === null) return undefined;
  return { ...release(parsed.version), isPreview: parsed.prerelease.length > 0 };
}

function moving(branch: string): MovingBranch {
  return { branch, series: /\d+\.\d+/.exec(branch)?.[0] };
}
