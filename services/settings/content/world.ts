import { ContentLevel, Scope } from "@orrery/schema/settings/v1";
import type { Levels } from "@orrery/content-policy";
import { CEILING_KEYS } from "../definitions/shipped.ts";
import type { Registry } from "../definitions/registry.ts";
import { layersFor } from "../values/layers.ts";
import { resolve } from "../values/resolve.ts";
import type { Ground } from "../write/ground.ts";

const EXTREME = ContentLevel.EXTREME;

/** The ceilings of a world: settings like any other, from the platform's up. */
export function worldCeilings(ground: Ground, registry: Registry, world: string): Levels {
  const layers = layersFor(ground, undefined, { world, player: "", device: "", session: "" });
  return CEILING_KEYS.map((key) => {
    const definition = registry.find(key);
    const kind = definition && resolve(definition, layers, false).value?.kind;
    return kind?.case === "intValue" ? (kind.value as ContentLevel) : EXTREME;
  });
}

/** Whether a change of this setting may tighten what sessions are shown. */
export const isCeiling = (key: string, scope: Scope): boolean =>
  CEILING_KEYS.includes(key) && (scope === Scope.WORLD || scope === Scope.PLATFORM);
