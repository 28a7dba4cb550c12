import type { FormEvent } from "react";

/** Asks once more before somebody is sent away, and what they are to be told. */
export function KickForm({ onKick, onLeave }: { onKick(note: string): void; onLeave(): void }) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    onKick(String(new FormData(event.currentTarget).get("note") ?? ""));
  }
  return (
    <form className="tools" onSubmit={submit}>
      <input
        className="find"
        name="note"
        autoFocus
        maxLength={200}
        aria-label="What they are told"
        placeholder="What they are told"
      />
      <button type="submit" className="chip">
        Send away
      </button>
      <button type="button" className="chip" onClick={onLeave}>
        Let stay
      </button>
    </form>
  );
}
