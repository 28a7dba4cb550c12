import {
  type Definition,
  type Resolved,
  Scope,
  SettingsService,
  Sync,
  Visibility,
} from "@orrery/schema/settings/v1";
import { useEffect, useState } from "react";
import { useAct } from "../data/act.ts";
import type { Valley } from "../data/valley.ts";
import { capital } from "../data/words.ts";
import { Outcome } from "../shell/outcome.tsx";
import { Control } from "./control.tsx";
import { labelOf, rangeSays, read, restartSays, shown, whence } from "./value.ts";

/** What is still being moved is not sent: a slider says a hundred values on its way. */
const SETTLES_MS = 600;

/** One setting: what it is, what it may be, who says so, and changing it. */
export function OptionRow({
  valley,
  definition,
  resolved,
  onChange,
}: {
  readonly valley: Valley;
  readonly definition: Definition;
  readonly resolved: Resolved;
  onChange(): void;
}) {
  const act = useAct();
  const [draft, setDraft] = useState<string>();
  const { key, type, visibility, sync, restart } = definition;
  const { value, scope, clamped } = resolved;
  const label = labelOf(key);
  const held = shown(value);
  const isOwn = scope === Scope.PLAYER || scope === Scope.DEVICE;
  const lock = resolved.layers.find(({ locked }) => locked);
  const mayChange = visibility === Visibility.PLAYER && lock === undefined;
  const settings = valley.world.rpc(SettingsService);
  const place =
    sync === Sync.DEVICE
      ? { key, scope: Scope.DEVICE, scopeId: valley.deviceId }
      : { key, scope: Scope.PLAYER };

  useEffect(() => {
    if (draft === undefined || draft === held) return;
    const timer = setTimeout(() => {
      const kind = read(draft, type);
      void act.run(async () => {
        if (kind === undefined) throw new Error(`${label} is a number: ${rangeSays(definition)}`);
        await settings.set({ place, value: { kind }, idempotencyKey: crypto.randomUUID() });
        setDraft(undefined);
        onChange();
        return "Kept.";
      });
    }, SETTLES_MS);
    return () => clearTimeout(timer);
  }, [draft]);

  const reset = () =>
    act.run(async () => {
      await settings.reset({ place, idempotencyKey: crypto.randomUUID() });
      setDraft(undefined);
      onChange();
      return "Reset.";
    });

  return (
    <li className="option" data-key={key}>
      <div>
        <b>{label}</b> <span className="faint mono">{key}</span>
        <p className="soft" id={`about ${key}`}>
          {[rangeSays(definition), lock ? `Locked, ${whence(lock.scope)}` : whence(scope)]
            .filter((part) => part !== "")
            .map(capital)
            .join(". ")}
          . {restartSays(restart)} {clamped && "What was kept is out of range, and is read at its edge."}
        </p>
      </div>
      <div className="acts">
        <Control
          definition={definition}
          label={label}
          describedBy={`about ${key}`}
          text={draft ?? held}
          disabled={!mayChange || act.busy}
          onText={setDraft}
        />
        {isOwn && mayChange && (
          <button
            type="button"
            className="chip"
            aria-label={`Reset ${label}`}
            disabled={act.busy}
            onClick={() => void reset()}
          >
            Reset
          </button>
        )}
        <Outcome act={act} />
      </div>
    </li>
  );
}
