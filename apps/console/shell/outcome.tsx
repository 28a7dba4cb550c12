import type { Act } from "../data/act.ts";

/** What became of what was done last. */
export function Outcome({ act }: { readonly act: Act }) {
  if (act.busy) return <p role="status">Asking…</p>;
  if (act.said === undefined) return null;
  return act.failed ? <p role="alert">{act.said}</p> : <p role="status">{act.said}</p>;
}
