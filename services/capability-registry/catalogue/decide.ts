import {
  Channel,
  type Engine,
  type EngineVersion,
  type Feature,
  FeatureChangeKind,
  FeatureStatus,
} from "@orrery/schema/capability/v1";
import { OrreryError } from "@orrery/wire";
import { capabilityErrors } from "../errors.ts";
import { changesOf } from "./changes.ts";
import { featureProblem } from "./check-feature.ts";
import { engineCalled, knownVersion, readVersion, withVersion } from "./engines.ts";
import { danglingFallback, fallbackCycle } from "./fallbacks.ts";
import { nearest } from "./near.ts";
import type { CatalogueState } from "./state.ts";
import type { Decided } from "./writer.ts";

type State = Pick<CatalogueState, "features" | "engines">;

/** @throws CAPABILITY_REVISION_CONFLICT */
function expect(what: string, expected: number, revision: number): void {
  if (expected !== revision)
    throw new OrreryError(capabilityErrors.CAPABILITY_REVISION_CONFLICT, {
      given: `${what} is at ${revision}, not at ${expected}`,
    });
}

/** @throws CAPABILITY_UNKNOWN_FEATURE with those nearest to it */
export function mustFeature({ features }: Pick<State, "features">, key: string): Feature {
  const feature = features.get(key);
  if (feature !== undefined) return feature;
  const near = nearest(key, features.keys());
  const given = near.length === 0 ? "" : `; nearest: ${near.join(", ")}`;
  throw new OrreryError(capabilityErrors.CAPABILITY_UNKNOWN_FEATURE, {
    given: `${JSON.stringify(key.slice(0, 80))}${given}`,
  });
}

/**
 * @throws CAPABILITY_FEATURE_INVALID, CAPABILITY_UNKNOWN_ENGINE, CAPABILITY_UNKNOWN_FEATURE of a fallback,
 * CAPABILITY_FALLBACK_CYCLE, CAPABILITY_IN_USE, CAPABILITY_REVISION_CONFLICT
 */
export function putFeature({ features, engines }: State, given: Feature, expected: number): Decided {
  const before = features.get(given.key);
  const problem = featureProblem(given);
  if (problem !== undefined)
    throw new OrreryError(capabilityErrors.CAPABILITY_FEATURE_INVALID, {
      given: `${problem.path.join(".")}: ${problem.message}`,
    });
  expect(given.key, expected, before?.revision ?? 0);
  for (const { engineId } of given.availability)
    if (!engines.has(engineId)) engineCalled(new Map(engines), `${engineId} `);
  const after: Feature = { ...given, revision: 0, shipped: false };
  const all = new Map(features).set(given.key, after);
  const dangling = danglingFallback(all, after);
  if (dangling !== undefined) {
    mustFeature({ features: all }, dangling);
    throw new OrreryError(capabilityErrors.CAPABILITY_FEATURE_INVALID, {
      given: `fallbacks: ${dangling} is on no engine that ${given.key} is on`,
    });
  }
  const cycle = fallbackCycle(all, given.key);
  if (cycle !== undefined)
    throw new OrreryError(capabilityErrors.CAPABILITY_FALLBACK_CYCLE, { given: cycle.join(" → ") });
  const user = [...all.values()].find((other) => danglingFallback(all, other) === given.key);
  if (user !== undefined)
    throw new OrreryError(capabilityErrors.CAPABILITY_IN_USE, {
      given: `${user.key} falls back to it on an engine that it would leave`,
    });
  return decided(before, after);
}

/** @throws CAPABILITY_UNKNOWN_FEATURE, CAPABILITY_REVISION_CONFLICT */
export function retireFeature(state: State, key: string, expected: number): Decided {
  const before = mustFeature(state, key);
  expect(key, expected, before.revision);
  return decided(before, { ...before, status: FeatureStatus.RETIRED, shipped: false });
}

/** @throws CAPABILITY_UNKNOWN_FEATURE, CAPABILITY_REVISION_CONFLICT, CAPABILITY_FEATURE_INVALID for what is no draft */
export function reviewDraft(state: State, key: string, approve: boolean, expected: number): Decided {
  const before = mustFeature(state, key);
  expect(key, expected, before.revision);
  if (before.status !== FeatureStatus.DRAFT)
    throw new OrreryError(capabilityErrors.CAPABILITY_FEATURE_INVALID, {
      given: `status: ${key} is no draft`,
    });
  const status = approve ? FeatureStatus.ACTIVE : FeatureStatus.RETIRED;
  return decided(before, { ...before, status, shipped: false });
}

function decided(before: Feature | undefined, after: Feature): Decided {
  const { key, fallbacks } = after;
  return {
    features: [after],
    engines: [],
    told: changesOf(before, after).map((change) => ({ key, fallbacks, ...change })),
  };
}

const ENGINE = /^[a-z][a-z0-9-]{0,63}$/;
const VERSIONS_MOST = 500;

/**
 * Makes a version known, and the engine with its first.
 * @throws CAPABILITY_VERSION_SYNTAX, CAPABILITY_IN_USE, CAPABILITY_REVISION_CONFLICT, CAPABILITY_UNKNOWN_ENGINE, CAPABILITY_TOO_MANY
 */
export function putVersion(
  { engines }: State,
  engineId: string,
  given: EngineVersion,
  expected: number,
): Decided {
  const known = engines.get(engineId);
  if (known === undefined && !ENGINE.test(engineId)) engineCalled(engines, engineId);
  expect(engineId, expected, known?.revision ?? 0);
  const version = readVersion(given.version);
  const channel = given.channel === Channel.UNSPECIFIED ? Channel.STABLE : given.channel;
  const before = known?.versions.find((one) => one.version === version);
  if (given.withdrawn && known?.defaultVersion === version)
    throw new OrreryError(capabilityErrors.CAPABILITY_IN_USE, {
      given: `${version} is the default of ${engineId}`,
    });
  if ((known?.versions.length ?? 0) >= VERSIONS_MOST && before === undefined)
    throw new OrreryError(capabilityErrors.CAPABILITY_TOO_MANY, {
      given: `${VERSIONS_MOST} versions of ${engineId}`,
    });
  const engine: Engine = {
    $typeName: "capability.v1.Engine",
    engineId,
    aliases: known?.aliases ?? [],
    defaultVersion: known?.defaultVersion ?? version,
    versions: withVersion(known?.versions ?? [], { ...given, version, channel }),
    revision: 0,
  };
  const isWithdrawn = given.withdrawn && !before?.withdrawn;
  const change = isWithdrawn ? FeatureChangeKind.WITHDRAWN : FeatureChangeKind.EDITED;
  const previous = before?.version ?? "";
  return { features: [], engines: [engine], told: [{ key: engineId, engineId, change, version, previous }] };
}

/** @throws CAPABILITY_UNKNOWN_ENGINE, CAPABILITY_UNKNOWN_VERSION, CAPABILITY_IN_USE of a withdrawn one, CAPABILITY_REVISION_CONFLICT */
export function setDefault({ engines }: State, name: string, given: string, expected: number): Decided {
  const engine = engineCalled(engines, name);
  const { engineId, defaultVersion: previous } = engine;
  expect(engineId, expected, engine.revision);
  const { version, withdrawn } = knownVersion(engine, given);
  if (withdrawn)
    throw new OrreryError(capabilityErrors.CAPABILITY_IN_USE, { given: `${version} is withdrawn` });
  const change = FeatureChangeKind.DEFAULT_VERSION;
  return {
    features: [],
    engines: [{ ...engine, defaultVersion: version }],
    told: [{ key: engineId, engineId, change, version, previous }],
  };
}
