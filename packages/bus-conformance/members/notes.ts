import type { Ledger } from "../oracle/ledger.ts";
import type { Handled } from "../oracle/record.ts";
import type { MemberTerms, Note } from "./member.ts";

/** Enters a member's notes into the ledger. */
export function noteInto(ledger: Ledger, { subscription, name }: MemberTerms): (note: Note) => void {
  const running = new Map<number, Handled>();
  return (note) => {
    if ("begin" in note) {
      const { begin, atMs, ...seen } = note;
      running.set(begin, ledger.begin({ subscription, member: name, ...seen, startMs: atMs }));
      return;
    }
    const entry = running.get(note.end);
    if (entry !== undefined) ledger.end(entry, note.outcome, note.atMs);
    running.delete(note.end);
  };
}
