import semver from "semver";

/** Reading a version costs more than comparing two: a catalogue compares the same few thousands of times. */
const read = new Map<string, semver.SemVer>();
const READ_MOST = 10_000;

function parsed(version: string): semver.SemVer {
  let found = read.get(version);
  if (found === undefined) {
    found = new semver.SemVer(version);
    if (read.size >= READ_MOST) read.clear();
    read.set(version, found);
  }
  return found;
}

/**
 * Semantic versions by precedence: a preview stands before its version, what is behind a plus counts for nothing.
 * @throws TypeError for what is none
 */
export const comparePrecedence = (a: string, b: string): number => parsed(a).compare(parsed(b));

/** @returns the version as it is written canonically, without what is behind a plus; undefined: it is none */
export const semanticVersion = (text: string): string | undefined => semver.valid(text) ?? undefined;

export const isPrerelease = (version: string): boolean => (semver.prerelease(version)?.length ?? 0) > 0;

/** Versions whose answer is kept: there are few of them alive at a time. */
const KEPT_MOST = 1_000;

/**
 * What is within `^2.1`, `>=5.6 <5.8` or the like; previews of what is within are too. Each version is looked at once.
 * @returns undefined for what is no range
 */
export function versionRange(text: string): ((version: string) => boolean) | undefined {
  if (semver.validRange(text) === null) return undefined;
  const range = new semver.Range(text, { includePrerelease: true });
  const known = new Map<string, boolean>();
  return (version) => {
    let is = known.get(version);
    if (is === undefined) {
      if (known.size >= KEPT_MOST) known.clear();
      known.set(version, (is = range.test(version)));
    }
    return is;
  };
}
