import { type Preset, Scope, SettingsService } from "@orrery/schema/settings/v1";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { Outcome } from "../shell/outcome.tsx";
import { labelOf, shown } from "./value.ts";

/** Values that are set together, and stay editable one by one. */
export function PresetBar({
  valley,
  presets,
  onChange,
}: {
  readonly valley: Valley;
  readonly presets: readonly Preset[];
  onChange(): void;
}) {
  const act = useAct();
  const choose = ({ name, values }: Preset) =>
    act.run(async () => {
      await valley.world.rpc(SettingsService).setMany({
        items: values.map(({ key, value }) => ({
          place: { key, scope: Scope.PLAYER },
          ...(value && { value: { kind: value.kind } }),
        })),
        idempotencyKey: crypto.randomUUID(),
      });
      onChange();
      return `${name.replaceAll("_", " ")}: ${values.map(({ key, value }) => `${labelOf(key)} ${shown(value)}`).join(", ")}.`;
    });
  return (
    <div className="acts" role="group" aria-label="Presets">
      {presets.map((preset) => (
        <button
          key={preset.name}
          type="button"
          className="chip"
          disabled={act.busy}
          onClick={() => void choose(preset)}
        >
          {preset.name.replaceAll("_", " ")}
        </button>
      ))}
      <Outcome act={act} />
    </div>
  );
}
