import type { ClockAdjusted } from "@orrery/schema/time/v1";
import type { Valley } from "../data/valley.ts";
import { HOLD, release, togglePause } from "./clock-acts.ts";

/** Pauses, or lets go whoever holds the clock: this page, a fork that has not begun, the command line. */
export function Holds({
  valley,
  adjusted,
  disabled,
  hint,
  act,
}: {
  readonly valley: Valley;
  readonly adjusted: ClockAdjusted | undefined;
  readonly disabled: boolean;
  readonly hint: string | undefined;
  act(what: () => Promise<void>): () => void;
}) {
  const others = adjusted?.holds.filter((name) => name !== HOLD) ?? [];
  const isOurs = adjusted?.holds.includes(HOLD) ?? false;
  const skipping = adjusted?.paused === true && adjusted.holds.length === 0;
  return (
    <>
      {others.map((name) => (
        <button
          key={name}
          type="button"
          className="chip key"
          disabled={disabled}
          title={hint ?? `The clock is held by "${name}"; lets it go`}
          onClick={act(() => release(valley, name))}
        >
          Held by {name}: let go
        </button>
      ))}
      {(isOurs || others.length === 0) && (
        <button
          type="button"
          className="chip key"
          disabled={disabled || skipping}
          title={hint}
          aria-pressed={isOurs}
          onClick={act(() => togglePause(valley))}
        >
          {isOurs ? `Held by ${HOLD}` : skipping ? "Skipping…" : "Pause"}
        </button>
      )}
    </>
  );
}
