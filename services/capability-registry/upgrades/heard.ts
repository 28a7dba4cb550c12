import { create } from "@bufbuild/protobuf";
import { isPrerelease } from "@orrery/engine-version";
import {
  Channel,
  type Engine,
  EngineVersionSchema,
  type Feature,
  FeatureChangeKind,
} from "@orrery/schema/capability/v1";
import type { UpgradeAdvanced, VersionDetected } from "@orrery/schema/engine/v1";
import type { MessageOf } from "@orrery/wire";
import { changesOf } from "../catalogue/changes.ts";
import { featureProblem } from "../catalogue/check-feature.ts";
import { withVersion } from "../catalogue/engines.ts";
import type { CatalogueState } from "../catalogue/state.ts";
import type { Decided } from "../catalogue/writer.ts";
import { changed } from "./apply.ts";

type State = Pick<CatalogueState, "features" | "engines">;
type Told = Decided["told"][number];

const NOTHING: Decided = { features: [], engines: [], told: [] };
const VERSIONS_MOST = 500;

/** A version that was seen is one that an engine has, as its source calls it. Of others than engines here it is nothing. */
export function detected(
  { engines }: State,
  { subjectId, version, channel, releasedMs, withdrawn }: MessageOf<typeof VersionDetected>,
): Decided {
  const engine = engines.get(subjectId);
  if (engine === undefined || version === undefined) return NOTHING;
  const before = engine.versions.find((one) => one.version === version.text);
  const after = create(EngineVersionSchema, {
    version: version.text,
    channel: channel || Channel.STABLE,
    releasedMs: releasedMs || (before?.releasedMs ?? 0),
    withdrawn,
  });
  const isSame =
    before?.channel === after.channel &&
    before.releasedMs === after.releasedMs &&
    before.withdrawn === after.withdrawn;
  if (isSame || (before === undefined && engine.versions.length >= VERSIONS_MOST)) return NOTHING;
  const isGone = withdrawn && before?.withdrawn !== true;
  const change = isGone ? FeatureChangeKind.WITHDRAWN : FeatureChangeKind.EDITED;
  const told = { key: subjectId, engineId: subjectId, change, version: version.text };
  return {
    features: [],
    engines: [{ ...engine, versions: withVersion(engine.versions, after) }],
    told: [{ ...told, previous: before?.version ?? "" }],
  };
}

/** The new version is an engine's default, and has what was approved of it. Heard twice it changes nothing more. */
export function promoted(
  { features, engines }: State,
  { subjectId, toVersion, features: approved }: MessageOf<typeof UpgradeAdvanced>,
): Decided {
  const engine = engines.get(subjectId);
  if (engine === undefined || toVersion === undefined) return NOTHING;
  const now = new Map<string, Feature>();
  for (const one of approved) {
    const after = changed(now.get(one.featureKey) ?? features.get(one.featureKey), subjectId, one);
    if (after !== undefined && featureProblem(after) === undefined) now.set(one.featureKey, after);
  }
  const moved = withDefault(engine, toVersion.text);
  return {
    features: [...now.values()],
    engines: moved === undefined ? [] : [moved.engine],
    told: [
      ...(moved === undefined ? [] : [moved.told]),
      ...[...now.values()].flatMap((after) =>
        changesOf(features.get(after.key), after).map((change) => ({
          key: after.key,
          fallbacks: after.fallbacks,
          ...change,
        })),
      ),
    ],
  };
}

/** Undefined: it is the default already. */
function withDefault(
  engine: Engine,
  version: string,
): { readonly engine: Engine; readonly told: Told } | undefined {
  if (engine.defaultVersion === version) return undefined;
  const channel = isPrerelease(version) ? Channel.PREVIEW : Channel.STABLE;
  const isKnown = engine.versions.some((one) => one.version === version);
  const added = create(EngineVersionSchema, { version, channel });
  const versions = isKnown ? engine.versions : withVersion(engine.versions, added);
  const { engineId, defaultVersion: previous } = engine;
  const change = FeatureChangeKind.DEFAULT_VERSION;
  return {
    engine: { ...engine, versions, defaultVersion: version },
    told: { key: engineId, engineId, change, version, previous },
  };
}
