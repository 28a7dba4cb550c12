import semver from "semver";

/** What a semantic version is made of. */
export interface VersionParts {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** `preview.2`; empty: none. */
  readonly prerelease: string;
}

/** @throws TypeError for what is no semantic version */
export function partsOf(version: string): VersionParts {
  const { major, minor, patch, prerelease } = new semver.SemVer(version);
  return { major, minor, patch, prerelease: prerelease.join(".") };
}
