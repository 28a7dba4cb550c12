import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { channelOf, comparePrecedence, isMoving, partsOf, readEngineVersion, type Release } from "./mod.ts";

const versionOf = (text: string) => {
  const read = readEngineVersion(text);
  return read === undefined || isMoving(read) ? undefined : read.version;
};

describe("what an engine calls its version", () => {
  it("takes the change and the branch that it was built from off", () => {
    expect(readEngineVersion("5.8.3-58210709+++UE5+Release-5.8")).toEqual({
      version: "5.8.3",
      isPreview: false,
      changelist: "58210709",
      branch: "UE5/Release-5.8",
    });
    expect(readEngineVersion("5.1.1-0+++UE5+Release-5.1")).toMatchObject({
      version: "5.1.1",
      isPreview: false,
      changelist: undefined,
    });
  });

  it("does not put a release below itself for being called one", () => {
    expect(versionOf("5.6.1-release")).toBe("5.6.1");
    expect(versionOf("v5.6.1")).toBe("5.6.1");
    expect(versionOf("UE_5.6")).toBe("5.6.0");
  });

  it("takes a release that was tagged again for the same version, not for one below it", () => {
    for (const tag of ["5.6.1-release-2", "5.6.1-release.2", "5.6.1-RELEASE"])
      expect(readEngineVersion(tag), tag).toMatchObject({ version: "5.6.1", isPreview: false });
  });

  it("says by its name for whom a version is, and what it is made of", () => {
    const channel = (tag: string) => channelOf(readEngineVersion(tag) as Release);
    expect(channel("5.6.1-release")).toBe("stable");
    expect(channel("5.8.3-58210709+++UE5+Release-5.8")).toBe("stable");
    expect(channel("5.0.0-early-access-2")).toBe("preview");
    expect(channel("27.0.0-nightly.20261130")).toBe("nightly");
    expect(channel("27.0.0-development")).toBe("preview");
    expect(partsOf("5.0.0-early-access.2")).toEqual({
      ...{ major: 5, minor: 0, patch: 0 },
      prerelease: "early-access.2",
    });
  });

  it("puts previews below their version, and the tenth behind the second", () => {
    const [second, tenth] = ["5.0.0-early-access-2", "5.0.0-early-access-10"].map(versionOf) as string[];
    expect(second).toBe("5.0.0-early-access.2");
    expect(comparePrecedence(second as string, tenth as string)).toBe(-1);
    expect(comparePrecedence(tenth as string, "5.0.0")).toBe(-1);
    expect(readEngineVersion("5.7.0-preview-1")).toMatchObject({ isPreview: true });
  });

  it("takes a small number behind a version for a prerelease, as packages have them, and a large one for a change", () => {
    expect(readEngineVersion("1.0.0-0")).toMatchObject({ version: "1.0.0-0", isPreview: true });
    expect(readEngineVersion("5.6.1-44394996")).toMatchObject({ version: "5.6.1", isPreview: false });
  });

  it("gives a branch that goes on no place among versions", () => {
    expect(readEngineVersion("4.27-plus")).toEqual({ branch: "4.27-plus", series: "4.27" });
    expect(readEngineVersion("++UE5+Release-5.6")).toEqual({ branch: "UE5/Release-5.6", series: "5.6" });
  });

  it("knows what is none", () => {
    for (const text of ["", "latest", "constructor", "5.x", "-1.2.3", "1".repeat(300), "5.6.1-", "５.6"])
      expect(versionOf(text), text).toBeUndefined();
  });

  it("reads what it wrote as the same, whatever it is given", () => {
    const given = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.constantFrom("", "-preview-3", "-12345", "-rc1", "+x"))
        .map(([a, b, c, behind]) => `${a}.${b}.${c}${behind}`),
    );
    fc.assert(
      fc.property(given, (text) => {
        const version = versionOf(text);
        if (version !== undefined) expect(versionOf(version)).toBe(version);
      }),
    );
  });
});
