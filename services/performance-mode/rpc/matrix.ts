import type { ListMatrixResponseInit } from "@orrery/schema/performance/v1";
import type { Call } from "@orrery/service";
import { shipped } from "../data/part.ts";
import { RULES, ruleOf } from "../matrix/fields.ts";
import { MODES, PRESETS } from "../matrix/matrix.ts";
import { configOf } from "../resolve/messages.ts";
import type { Ground } from "../write/ground.ts";
import { keeper } from "../write/keeper.ts";

export const locksShown = ({ locks }: Ground) =>
  locks.map(({ deviceClass, key, most }) => ({ deviceClass, field: ruleOf(key).field, max: most }));

export function listMatrix(_request: unknown, call: Call): ListMatrixResponseInit {
  const { matrix } = call.part(shipped);
  const { ground } = call.part(keeper);
  return {
    version: matrix.version,
    cells: MODES.flatMap((mode) =>
      PRESETS.map((preset) => ({
        mode,
        preset,
        config: configOf({ mode, preset, isAuto: false, values: matrix.cell(mode, preset) }),
      })),
    ),
    fields: RULES.map(({ field, least, most, falls, apply, names }) => ({
      field,
      least,
      most,
      falls,
      apply,
      names: Object.fromEntries(Object.entries(names ?? {}).map(([name, value]) => [value, name])),
    })),
    budgets: [...ground.trees.values()],
    locks: locksShown(ground),
  };
}
