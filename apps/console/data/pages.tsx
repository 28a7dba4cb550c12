import { useState } from "react";

/** How many rows of a list are asked for: more each time somebody asks for more. */
export function usePageSize(first: number, most: number): readonly [size: number, more: () => void] {
  const [size, setSize] = useState(first);
  return [size, () => setSize(Math.min(most, size * 2))];
}

/** Says that a list goes on, instead of ending in silence. */
export function MoreRows({
  shown,
  goesOn,
  isMost,
  onMore,
}: {
  readonly shown: number;
  /** There are more than are shown. */
  readonly goesOn: boolean;
  /** No more can be asked for at once. */
  readonly isMost: boolean;
  onMore(): void;
}) {
  if (!goesOn) return null;
  return (
    <p className="soft" role="status">
      The first {shown.toLocaleString("en")} are shown; there are more.{" "}
      {isMost ? (
        "Narrow what is looked at to see them."
      ) : (
        <button type="button" className="chip" onClick={onMore}>
          Show more
        </button>
      )}
    </p>
  );
}
