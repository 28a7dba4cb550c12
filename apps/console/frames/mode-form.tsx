import {
  Mode,
  type PerformanceConfig,
  PerformanceService,
  Preset,
  type Profile,
} from "@orrery/schema/performance/v1";
import type { FormEvent } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { word } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";

const MODES = [Mode.IMMERSIVE, Mode.COMPETITIVE];
const PRESETS = [Preset.AUTO, Preset.LOW, Preset.MEDIUM, Preset.HIGH, Preset.ULTRA];

/** Mode and preset of the device, and another one. */
export function ModeForm({
  valley,
  profile,
  config,
}: {
  readonly valley: Valley;
  readonly profile: Profile | undefined;
  readonly config: PerformanceConfig | undefined;
}) {
  const act = useAct();
  if (profile === undefined || config === undefined) return null;
  const { playerId, deviceId } = profile;

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [mode, preset] = [Number(form.get("mode")) as Mode, Number(form.get("preset")) as Preset];
    await act.run(async () => {
      const idempotencyKey = crypto.randomUUID();
      const set = { playerId, deviceId, mode, preset, idempotencyKey };
      const { config: now } = await valley.world.rpc(PerformanceService).setMode(set);
      return `Set: ${word(Mode, now?.mode)}, ${word(Preset, now?.preset)}.`;
    });
  }

  const preset = config.auto ? Preset.AUTO : config.preset;
  return (
    <form className="acts" aria-label="Mode" onSubmit={(event) => void submit(event)}>
      <span>
        {word(Mode, config.mode)}, {word(Preset, config.preset)}
        {config.auto && " (auto)"}, {config.targetFps} fps, events at {config.clientEventHz} Hz,{" "}
        {config.npcFullCap} people in full
      </span>
      <select
        key={`mode ${config.mode}`}
        className="find"
        name="mode"
        aria-label="Mode"
        defaultValue={config.mode}
      >
        {MODES.map((mode) => (
          <option key={mode} value={mode}>
            {word(Mode, mode)}
          </option>
        ))}
      </select>
      <select
        key={`preset ${preset}`}
        className="find"
        name="preset"
        aria-label="Preset"
        defaultValue={preset}
      >
        {PRESETS.map((one) => (
          <option key={one} value={one}>
            {word(Preset, one)}
          </option>
        ))}
      </select>
      <button type="submit" className="chip" disabled={act.busy}>
        Set
      </button>
      <Outcome act={act} />
    </form>
  );
}
