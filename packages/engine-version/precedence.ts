import semver from "semver";

/** Semantic versions by precedence: a preview stands before its version, what is behind a plus counts for nothing. */
export const comparePrecedence = (a: string, b: string): number => semver.compare(a, b);

/** @returns the version as it is written canonically, without what is behind a plus; undefined: it is none */
export const semanticVersion = (text: string): string | undefined => semver.valid(text) ?? undefined;

export const isPrerelease = (version: string): boolean => (semver.prerelease(version)?.length ?? 0) > 0;

export const isVersionRange = (range: string): boolean => semver.validRange(range) !== null;

/** Whether a version is within `^2.1`, `>=5.6 <5.8` or the like; previews of what is within are too. */
export const isWithin = (version: string, range: string): boolean =>
  semver.satisfies(version, range, { includePrerelease: true });
