import { create } from "@bufbuild/protobuf";
import {
  type Engine,
  EngineSchema,
  type Feature,
  FeatureSchema,
  FeatureStatus,
  type ParameterInit,
  Preset,
} from "@orrery/schema/capability/v1";
import { withVersion } from "./engines.ts";
import type { EngineFile, FeatureFile, ParameterFile } from "./shape.ts";

/** A feature as it is kept, of what its file says. */
export function featureOf(file: FeatureFile): Feature {
  const { key, category, title, description, docs: docsUrl, tags, parameters, fallbacks, available } = file;
  return create(FeatureSchema, {
    key,
    category,
    title,
    description,
    docsUrl,
    tags: Object.entries(tags).map(([name, weight]) => ({ name, weight })),
    parameters: parameters.map(parameterOf),
    fallbacks,
    status: FeatureStatus.ACTIVE,
    availability: Object.entries(available).map(([engineId, one]) => ({
      engineId,
      ranges: one.ranges ?? [{ introduced: one.since ?? "" }],
      enhanced: one.enhanced.map(({ parameters: more, ...rest }) => ({
        ...rest,
        parameters: more.map(parameterOf),
      })),
      deprecated: one.deprecated,
      experimentalUntil: one.experimental_until,
      platforms: one.platforms,
      leastPreset: one.least,
      costs: Object.entries(one.cost).map(([preset, cost]) => ({
        preset: Preset[preset.toUpperCase() as keyof typeof Preset] ?? Preset.UNSPECIFIED,
        gpuMs: cost.gpu_ms,
        cpuMs: cost.cpu_ms,
        memoryMb: cost.memory_mb,
      })),
    })),
    shipped: true,
  });
}

function parameterOf({ default: value, ...rest }: ParameterFile): ParameterInit {
  if (value === undefined) return rest;
  if (typeof value === "boolean") return { ...rest, default: { value: { case: "flag", value } } };
  if (typeof value === "number") return { ...rest, default: { value: { case: "number", value } } };
  return { ...rest, default: { value: { case: "text", value } } };
}

export function engineOf({ id, aliases, default: defaultVersion, versions }: EngineFile): Engine {
  const empty = create(EngineSchema, { engineId: id, aliases, defaultVersion });
  for (const { version, channel, released_ms: releasedMs } of versions)
    empty.versions = withVersion(empty.versions, {
      $typeName: "capability.v1.EngineVersion",
      version,
      channel,
      releasedMs,
      withdrawn: false,
    });
  return empty;
}
