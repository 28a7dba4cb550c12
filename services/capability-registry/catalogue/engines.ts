import { comparePrecedence, isMoving, isPrerelease, readEngineVersion } from "@orrery/engine-version";
import { Channel, type Engine, type EngineVersion } from "@orrery/schema/capability/v1";
import { OrreryError } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";
import { nearest } from "./near.ts";

/** @throws CAPABILITY_VERSION_SYNTAX */
export function readVersion(given: string): string {
  const read = readEngineVersion(given);
  if (read === undefined || isMoving(read))
    throw new OrreryError(capabilityErrors.CAPABILITY_VERSION_SYNTAX, {
      given: JSON.stringify(given.slice(0, 80)),
    });
  return read.version;
}

/** By its id, or by what clients call it. @throws CAPABILITY_UNKNOWN_ENGINE */
export function engineCalled(engines: ReadonlyMap<string, Engine>, name: string): Engine {
  const found =
    engines.get(name) ?? [...engines.values()].find(({ aliases }) => aliases.includes(name.toLowerCase()));
  if (found !== undefined) return found;
  const near = nearest(name, engines.keys());
  throw new OrreryError(capabilityErrors.CAPABILITY_UNKNOWN_ENGINE, {
    given: `${JSON.stringify(name.slice(0, 80))}; there are ${[...new Set([...near, ...engines.keys()])].join(", ")}`,
  });
}

/** @param given empty: the engine's default. @throws CAPABILITY_VERSION_SYNTAX, CAPABILITY_UNKNOWN_VERSION */
export function knownVersion(engine: Engine, given: string): EngineVersion {
  const version = given === "" ? engine.defaultVersion : readVersion(given);
  const found = engine.versions.find((one) => one.version === version);
  if (found !== undefined) return found;
  const below = engine.versions.findLast((one) => comparePrecedence(one.version, version) < 0)?.version;
  const above = engine.versions.find((one) => comparePrecedence(one.version, version) > 0)?.version;
  throw new OrreryError(capabilityErrors.CAPABILITY_UNKNOWN_VERSION, {
    given: `${engine.engineId} ${version || "without a default"}; below it ${below ?? "none"}, above it ${above ?? "none"}`,
  });
}

/** Whether it is a preview for those who ask for stable ones. */
export function isPreview(engine: Engine, version: string): boolean {
  const known = engine.versions.find((one) => one.version === version);
  return known === undefined ? isPrerelease(version) : known.channel !== Channel.STABLE;
}

/**
 * Whose features somebody gets: a preview's only where that was asked for, else those of the last stable version
 * before it. Undefined: there is none.
 */
export function offeredVersion(engine: Engine, version: string, previews: boolean): string | undefined {
  if (previews || !isPreview(engine, version)) return version;
  return engine.versions.findLast(
    (one) => !isPreview(engine, one.version) && comparePrecedence(one.version, version) < 0,
  )?.version;
}

/** A version more, in its place; one that is there is replaced. */
export function withVersion(versions: readonly EngineVersion[], added: EngineVersion): EngineVersion[] {
  return [...versions.filter(({ version }) => version !== added.version), added].sort((a, b) =>
    comparePrecedence(a.version, b.version),
  );
}
