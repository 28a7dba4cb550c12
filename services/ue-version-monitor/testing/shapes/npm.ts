// The abbreviated form of package metadata, as in npm/registry docs/responses/package-metadata.md; `deprecated` is the
// message of `npm deprecate`. Names and values are made up.
export const packument = (versions: Readonly<Record<string, string | undefined>>) => ({
  "dist-tags": { latest: Object.keys(versions).at(-1) },
  modified: "2026-05-16T22:27:54.741Z",
  name: "some-engine",
  versions: Object.fromEntries(
    Object.entries(versions).map(([version, deprecated]) => [
      version,
      {
        _hasShrinkwrap: false,
        directories: {},
        dist: {
          shasum: "bbf102d5ae73afe2c553295e0fb02230216f65b1",
          tarball: `https://registry.example/some-engine/-/some-engine-${version}.tgz`,
        },
        name: "some-engine",
        version,
        ...(deprecated !== undefined && { deprecated }),
      },
    ]),
  ),
});
