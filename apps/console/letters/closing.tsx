import { useEffect, useState } from "react";

const UNDO_S = 10;

/** Something that cannot be taken back once it is done: until then it can. */
export interface Closing {
  readonly verb: "resolve" | "discard";
  readonly count: number;
  run(): void;
}

/** Counts down to what is to be done, and lets whoever changed their mind keep it from being done. */
export function Countdown({ closing, onUndo }: { readonly closing: Closing; onUndo(): void }) {
  const [left, setLeft] = useState(UNDO_S);
  useEffect(() => {
    if (left === 0) return closing.run();
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left, closing]);
  const doing = closing.verb === "resolve" ? "resolved" : "discarded";
  return (
    <p role="status">
      {closing.count.toLocaleString("en")} will be {doing} in {left} s.{" "}
      <button type="button" className="chip key" onClick={onUndo}>
        Undo
      </button>
    </p>
  );
}
